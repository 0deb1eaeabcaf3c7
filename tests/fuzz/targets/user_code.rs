#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| property::user_code::holds(data));
