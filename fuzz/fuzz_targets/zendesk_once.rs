#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| gorgias_import::fuzzing::run("zendesk_once", bytes));
