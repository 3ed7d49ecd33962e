//! What a writer of cases is told about each mistake.

#[test]
fn look() {
    use ssespec_cases::*;
    use ssespec_mock_server::document::Source;
    let corpus = Corpus::embedded().unwrap();
    let mut paths: Vec<_> = std::fs::read_dir("tests/mistakes").unwrap().map(|e| e.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        println!("################ {}", path.display());
        match Source::read(&path) {
            Err(e) => println!("{e}"),
            Ok(source) => match format::read(&source, "client/x") {
                Err(d) => println!("{d}"),
                Ok(case) => for d in lint::check(&[case], &Corpus { cases: Default::default(), ..corpus.clone() }) { println!("{d}") }
            }
        }
    }
}
