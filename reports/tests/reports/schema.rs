//! The published schema is current, and every results file fits it.

use std::path::PathBuf;

use serde_json::Value;
use ssespec_reports::{
    results::{Record, ResultsWriter},
    schema::{overview_schema, results_schema},
};

use crate::files::{ALL, results, text};

#[test]
fn the_published_schemas_are_current() {
    is_current("results", &results_schema());
    is_current("overview", &overview_schema());
}

fn is_current(name: &str, schema: &Value) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("schema/{name}.schema.json"));
    let current = format!("{}\n", serde_json::to_string_pretty(schema).unwrap());
    if std::env::var_os("SSESPEC_UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &current).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(
        published == current,
        "{} is out of date; run `SSESPEC_UPDATE=1 cargo test -p ssespec-reports schema` and commit it",
        path.display()
    );
}

#[test]
fn every_line_of_every_file_fits() {
    let validator = jsonschema::validator_for(&results_schema()).unwrap();
    for name in ALL {
        let text = text(name);
        let whole = if text.ends_with('\n') { text.as_str() } else { text.rsplit_once('\n').unwrap().0 };
        for (number, line) in whole.lines().enumerate() {
            let line: Value = serde_json::from_str(line).unwrap();
            let errors: Vec<String> = validator
                .iter_errors(&line)
                .map(|error| format!("{}: {error}", error.instance_path()))
                .collect();
            assert!(errors.is_empty(), "{name}:{}: {errors:?}", number + 1);
        }
    }
}

#[test]
fn what_is_wrong_does_not_fit() {
    let validator = jsonschema::validator_for(&results_schema()).unwrap();
    let text = text("all-pass");
    let line = text.lines().nth(1).unwrap();
    assert!(validator.is_valid(&serde_json::from_str(line).unwrap()));
    for (right, wrong) in [
        ("\"v\":1", "\"v\":2"),
        ("\"kind\":\"result\"", "\"kind\":\"results\""),
        ("\"verdict\":\"pass\"", "\"verdict\":\"passed\""),
        ("\"delivery\":\"as-written\"", "\"delivery\":\"split@x\""),
        ("\"title\":", "\"titel\":"),
    ] {
        assert!(line.contains(right), "{right}");
        let changed = serde_json::from_str(&line.replace(right, wrong)).unwrap();
        assert!(!validator.is_valid(&changed), "{wrong}");
    }
}

#[test]
fn what_is_written_fits_and_is_read_back() {
    let validator = jsonschema::validator_for(&results_schema()).unwrap();
    for name in ALL {
        let run = results(name);
        let mut writer = ResultsWriter::new(Vec::new());
        writer.header(run.header()).unwrap();
        for result in run.results() {
            writer.result(result).unwrap();
        }
        if let Some(footer) = run.footer() {
            writer.record(&Record::Footer(Box::new(footer.clone()))).unwrap();
        }
        let written = String::from_utf8(writer.into_inner()).unwrap();
        for line in written.lines() {
            assert!(validator.is_valid(&serde_json::from_str(line).unwrap()), "{line}");
            // One line, one record: also by the enum that the schema is made of.
            serde_json::from_str::<Record>(line).unwrap();
        }
        let again = crate::files::read(name, &written);
        assert_eq!(again.header(), run.header());
        assert_eq!(again.results(), run.results());
        assert_eq!(again.footer(), run.footer());
    }
}
