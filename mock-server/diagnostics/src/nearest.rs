//! The known name that was probably meant.

/// How far a name is whose words are part of what was written: as far as one with two wrong letters.
const PART: usize = 2;

/// The known name that `found` was probably meant to be.
pub fn nearest<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let found = found.to_lowercase();
    known
        .into_iter()
        .filter_map(|name| distance(&found, &name.to_lowercase()).map(|distance| (distance, name)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How far a name is from what was written, unless it is too far.
fn distance(found: &str, name: &str) -> Option<usize> {
    let distance = strsim::damerau_levenshtein(found, name);
    let most = (name.chars().count().min(found.chars().count()) / 3).max(1);
    let allowed = (distance <= most).then_some(distance);
    if has_words(found, name) { Some(allowed.map_or(PART, |distance| distance.min(PART))) } else { allowed }
}

/// Whether the words of a name are part of what was written, one after the other: `headers` in `request-headers`.
fn has_words(found: &str, name: &str) -> bool {
    let words = |text: &str| text.split(['-', '_', ' ']).map(str::to_owned).collect::<Vec<_>>();
    let (found, name) = (words(found), words(name));
    found.windows(name.len()).any(|part| part == name)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_name_with_more_words_is_told_from_one_with_other_words() {
        let known = ["refresh-headers", "headers", "http2"];
        assert_eq!(nearest("request-headers", known), Some("headers"));
        assert_eq!(nearest("refresh-header", known), Some("refresh-headers"));
        assert_eq!(nearest("http", known), Some("http2"));
        assert_eq!(nearest("cookies", known), None);
    }
}
