use super::{BadUrl, Url};

fn absolute(input: &str) -> Option<String> {
    Url::parse(input, None).ok().map(|url| url.to_string())
}

fn resolve(input: &str) -> Option<String> {
    let base = Url::parse("http://h:8080/a/b/c?q", None).unwrap();
    Url::parse(input, Some(&base)).ok().map(|url| url.to_string())
}

#[test]
fn absolute_urls() {
    for (input, url) in [
        ("http://h", "http://h/"),
        ("HTTP://EXAMPLE.com:80/A?B#C", "http://example.com/A?B"),
        ("https://h:443/", "https://h/"),
        ("http://h:443/", "http://h:443/"),
        ("http://h:/", "http://h/"),
        ("http://h:00081/", "http://h:81/"),
        ("http://u:p@h:1/x", "http://h:1/x"),
        ("http://a@b@h/", "http://h/"),
        ("  http://h/\t\nx ", "http://h/x"),
        ("http:h/x", "http://h/x"),
        ("http:\\\\h\\x", "http://h/x"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
        ("http://127.0.0.1/", "http://127.0.0.1/"),
        ("http://h?x=/y", "http://h/?x=/y"),
        ("http://h#x", "http://h/"),
        ("http://h/a b\u{e9}\"`{}^|", "http://h/a%20b%C3%A9%22%60%7B%7D^|"),
        ("http://h/?'\"<>` \u{e9}", "http://h/?%27%22%3C%3E`%20%C3%A9"),
        ("http://h/a/./b/../c", "http://h/a/c"),
        ("http://h/a/%2E%2e/b/%2e", "http://h/b/"),
        ("http://h/../..", "http://h/"),
    ] {
        assert_eq!(absolute(input).as_deref(), Some(url), "{input}");
    }
}

#[test]
fn malformed_urls() {
    for input in [
        "",
        "x",
        "//h/",
        "http://",
        "http://:80/",
        "http://u@/",
        "http://a b/",
        "http://h:x/",
        "http://h:65536/",
        "http://[::1/",
        "http://[x]/",
        "http://[::1]x/",
        "http://h^/",
        "http://this is invalid/",
    ] {
        let refused = Url::parse(input, None);
        assert!(matches!(&refused, Err(BadUrl::Malformed(of, _)) if of == input), "{refused:?}");
    }
}

#[test]
fn other_schemes() {
    for input in ["ftp://h/", "data:text/event-stream,data:%20a", "javascript:x", "about:blank", "file:///x"]
    {
        assert_eq!(Url::parse(input, None), Err(BadUrl::OtherScheme(input.into())));
        assert_eq!(resolve(input), None);
    }
}

#[test]
fn relative_urls() {
    for (input, url) in [
        ("", "http://h:8080/a/b/c?q"),
        ("#x", "http://h:8080/a/b/c?q"),
        ("?x", "http://h:8080/a/b/c?x"),
        ("x", "http://h:8080/a/b/x"),
        ("x/y?z", "http://h:8080/a/b/x/y?z"),
        ("./x", "http://h:8080/a/b/x"),
        ("../x", "http://h:8080/a/x"),
        ("..", "http://h:8080/a/"),
        ("../../../../x", "http://h:8080/x"),
        ("/x", "http://h:8080/x"),
        ("\\x", "http://h:8080/x"),
        ("/", "http://h:8080/"),
        ("//other/x", "http://other/x"),
        ("/\\other", "http://other/"),
        ("http:x", "http://h:8080/a/b/x"),
        ("http:/x", "http://h:8080/x"),
        ("http://other:1", "http://other:1/"),
        ("https:x", "https://x/"),
        ("1:x", "http://h:8080/a/b/1:x"),
        ("x:", "-"),
        (" /x", "http://h:8080/x"),
    ] {
        assert_eq!(resolve(input).as_deref().unwrap_or("-"), url, "{input}");
    }
    assert_eq!(resolve("//"), None);
}

#[test]
fn parts() {
    let url = Url::parse("http://[::1]:8080/x?y", None).unwrap();
    let server = url.server();
    assert_eq!((server.host.as_str(), server.port, server.scheme()), ("::1", 8080, "http"));
    assert_eq!(url.host_and_port(), "[::1]:8080");
    assert_eq!(url.origin(), "http://[::1]:8080");
    assert_eq!(url.target(), "/x?y");
    assert_eq!(Url::parse("http://h", None).unwrap().server().port, 80);
    assert_eq!(Url::parse("https://h", None).unwrap().server().origin(), "https://h");
    assert_eq!(Url::parse("https://h:1", None).unwrap().origin(), "https://h:1");
}
