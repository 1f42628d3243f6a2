//! Any text as conditions: parsed or refused with a place; what parses prints to what parses to the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sarif_gate::gate::language::Conditions;

fuzz_target!(|text: &str| {
    match Conditions::parse(text) {
        Err(error) => assert!(!error.to_string().is_empty()),
        Ok(conditions) => {
            let printed = conditions.to_string();
            let again = Conditions::parse(&printed).expect("what was printed");
            assert_eq!(again.to_string(), printed);
        }
    }
});
