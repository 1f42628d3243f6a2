//! Any bytes go through the whole reading side: recognised or refused, merged, written as SARIF, and read again. Every reader
//! is reached from here, because the content decides which one runs.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sarif_gate::formats::{Hint, Secrets, read};
use sarif_gate::merge::{Surroundings, merge};
use sarif_gate::model::Report;
use sarif_gate::sarif::{Log, write_results};

fn written(mut reports: Vec<Report>) -> Vec<u8> {
    let around = Surroundings {
        roots: &[],
        prefix: None,
        exists: &|_| false,
        text: &|_| None,
    };
    let findings = merge(&mut reports, &[], &around);
    let log = Log { findings: &findings, reports: &reports, verdict: None, tool_version: "0" };
    let mut out = Vec::new();
    write_results(&log, &mut out).expect("writing to memory");
    out
}

fn report(mut bytes: &[u8]) -> Report {
    let mut secrets = Secrets::new(None);
    let mut report = read(&mut bytes, Hint::default(), &mut secrets);
    secrets.into_redactor().clean_report(&mut report);
    report
}

fuzz_target!(|bytes: &[u8]| {
    let first = report(bytes);
    if !first.understood {
        return;
    }
    let log = written(vec![first]);
    let second = report(&log);
    assert!(second.understood, "our own log is not understood: {:?}", second.status);
});
