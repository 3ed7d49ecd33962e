//! What failures look like: `cargo test --test broken`. The client is a reader as many applications write it, wrong
//! in many ways; some of them are named.

use ssespec::{Event, Observer};

fn main() -> std::process::ExitCode {
    ssespec::client("broken", |request, observer| read(request.url, observer)).main()
}

/// Reads a stream to its end. An error is reported to the harness when it is returned.
async fn read(url: String, observer: Observer) -> Result<(), reqwest::Error> {
    let mut response = reqwest::get(url).await?;
    let mut text = String::new();
    while let Some(bytes) = response.chunk().await? {
        // A character that two reads share is lost.
        text += &String::from_utf8_lossy(&bytes);
        // An event may end in other ways.
        while let Some((event, rest)) = text.split_once("\n\n") {
            // There may be more lines of data in an event, and `id`, `event` and `retry`.
            for data in event.lines().filter_map(|line| line.strip_prefix("data:")) {
                // Only one space is not of the data.
                observer.event(Event::new(data.trim()));
            }
            text = rest.to_owned();
        }
    }
    Ok(())
}
