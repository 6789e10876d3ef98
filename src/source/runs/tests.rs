use std::path::Path;

use proptest::prelude::*;

use super::*;

/// Limits that a few records exceed.
const SMALL: Limits = Limits { run_bytes: 200, block_bytes: 50, runs: 3 };

fn all(runs: Runs) -> Vec<(i64, Vec<u8>)> {
    let mut sorted = runs.sorted().unwrap();
    let mut all = Vec::new();
    while let Some((number, record)) = sorted.next().unwrap() {
        all.push((number, record.to_vec()));
    }
    all
}

fn filled(folder: &Path, limits: Limits, records: &[(i64, Vec<u8>)]) -> Runs {
    let mut runs = Runs::with_limits(folder, limits);
    for (number, record) in records {
        let middle = record.len() / 2;
        runs.add(*number, &[&record[..middle], &record[middle..]]).unwrap();
    }
    runs
}

proptest! {
    #[test]
    fn a_stable_sort_whatever_is_on_disk(
        records in prop::collection::vec((-5_i64..40, prop::collection::vec(any::<u8>(), 0..90)), 0..120),
        run_bytes in 1_usize..5_000,
        runs in 2_usize..9,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut expected = records.clone();
        expected.sort_by_key(|(number, _)| *number);
        let filled = filled(folder.path(), Limits { run_bytes, runs, ..SMALL }, &records);
        prop_assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        prop_assert_eq!(all(filled), expected);
    }
}

#[test]
fn runs_are_merged_before_there_are_too_many() {
    let folder = tempfile::tempdir().unwrap();
    let records: Vec<(i64, Vec<u8>)> = (0..200).map(|n| (n * 37 % 101, vec![1; 60])).collect();
    let runs = filled(folder.path(), SMALL, &records);
    assert!(runs.merged.len() > 5 && runs.later.len() < SMALL.runs);
    assert_eq!(all(runs).len(), 200);
}

#[test]
fn what_fits_into_memory_touches_no_disk() {
    let nowhere = Path::new("/nowhere/at/all");
    let records = [(3, b"c".to_vec()), (1, b"a".to_vec()), (3, b"b".to_vec())];
    let sorted = all(filled(nowhere, LIMITS, &records));
    assert_eq!(sorted, [(1, b"a".to_vec()), (3, b"c".to_vec()), (3, b"b".to_vec())]);
}

#[test]
fn a_folder_that_cannot_be_used_is_named() {
    let mut runs = Runs::with_limits(Path::new("/nowhere/at/all"), SMALL);
    runs.add(1, &[&[0; 150]]).unwrap();
    let error = runs.add(2, &[&[0; 150]]).unwrap_err();
    assert!(error.to_string().contains("/nowhere/at/all"), "{error}");
}

#[test]
fn a_record_longer_than_a_run_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let long: Vec<u8> = (0..10_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    let records = [(2, long.clone()), (1, vec![7; 150]), (2, vec![8; 150])];
    let expected = [(1, vec![7; 150]), (2, long), (2, vec![8; 150])];
    assert_eq!(all(filled(folder.path(), SMALL, &records)), expected);
}
