#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| property::scope::holds(data));
