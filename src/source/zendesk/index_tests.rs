use super::*;

#[test]
fn marks_do_not_depend_on_order() {
    let tickets = |ids: &[i64]| Survey { tickets: ids.to_vec(), ..Survey::default() };
    let apart = |ids: &[i64]| Survey { apart: ids.to_vec(), ..Survey::default() };
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
        let mut index = Index::default();
        for part in order {
            index.merge(match part {
                0 => tickets(&[1, 2]),
                1 => apart(&[2, 3]),
                _ => tickets(&[1, 4]),
            });
        }
        let joined: Vec<i64> = (1..=4).filter(|id| index.is_joined(*id)).collect();
        assert_eq!((joined, index.has_ticket(3)), (vec![1, 2, 3], false));
    }
}
