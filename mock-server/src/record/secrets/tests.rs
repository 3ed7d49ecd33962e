use super::*;

#[test]
fn secrets_are_masked_wherever_they_occur() {
    let headers =
        [("Authorization", "Bearer sk-123456"), ("x-a", "plain-value"), ("cookie", "a=session-1; b=2")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let secrets = Secrets::of(&headers, "/?api_key=query%20secret&page=1234567");
    assert_eq!(secrets.masked("Bearer sk-123456 sk-123456"), "Bearer ********* *********");
    assert_eq!(secrets.masked("session-1 plain-value 1234567"), "********* plain-value 1234567");
    assert_eq!(secrets.masked("query%20secret query secret"), "************** ************");
}

#[test]
fn names_of_secrets() {
    for name in ["Authorization", "Set-Cookie", "X-Api-Key", "access_token", "sig", "X-Amz-Signature"] {
        assert!(is_secret(name), "{name}");
    }
    for name in ["content-type", "page", "cache-control", "design"] {
        assert!(!is_secret(name), "{name}");
    }
}
