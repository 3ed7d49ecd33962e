//! What the renderings make of seven fixed results files, how files are read, and what hostile
//! text can do (nothing).

mod causes;
mod coverage;
mod diff;
mod files;
mod hostile;
mod html;
mod issue;
mod junit;
mod machines;
mod matrix;
mod numbers;
mod probe;
mod reading;
mod schema;
mod shards;
mod surfaces;
mod timings;
