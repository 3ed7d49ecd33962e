//! What the renderings make of seven fixed results files, how files are read, and what hostile
//! text can do (nothing).

// Cargo sets `test` for this target too; the attribute tells Clippy that these modules are tests.
mod causes;
mod coverage;
mod diff;
mod files;
mod hostile;
mod html;
mod issue;
#[cfg(test)]
#[cfg(unix)]
mod issue_server;
mod junit;
#[cfg(test)]
mod machines;
mod matrix;
mod numbers;
mod probe;
mod reading;
#[cfg(test)]
mod schema;
mod shards;
mod surfaces;
mod timings;
