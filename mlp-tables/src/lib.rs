//! Reads tables for networks: samples from comma-separated values or arrays of NumPy and IDX, columns by their names, classes with
//! names.
//!
//! A table comes from a reader; nothing here opens a file or prints. [`Wanted`] says what a network takes, [`read`] finds the columns
//! and gives the numbers of all rows, or an [`Error`] that says which line and which column are wrong and how to correct them. The
//! memory is bounded: a table has at most [`limits::BYTES`] bytes after unpacking and [`limits::NUMBERS`] numbers, and rows of at most
//! [`limits::COLUMNS`] cells.
//!
//! ```
//! use mlp_tables::{Data, Wanted, read};
//!
//! let text = "length,width,kind\n5.1,3.5,setosa\n6.2,2.9,virginica\n";
//! let wanted = Wanted::new(
//!     vec![Data::numbers("x", 2)],
//!     vec![Data::class("kind", 2)],
//! );
//! let table = read(text.as_bytes(), &wanted)?;
//! assert_eq!(table.inputs, [5.1, 3.5, 6.2, 2.9]);
//! assert_eq!(table.targets, [0.0, 1.0]);
//! assert_eq!(table.classes[0].as_deref(), Some(&["setosa".to_owned(), "virginica".to_owned()][..]));
//! # Ok::<(), mlp_tables::Error>(())
//! ```
#![forbid(unsafe_code)]

mod arrays;
mod cells;
mod choice;
mod classes;
mod error;
mod filled;
mod idx;
pub mod limits;
mod read;
mod wanted;

pub use error::{Bad, Error, Place, Unit};
pub use filled::Table;
pub use read::{read, read_both};
pub use wanted::{Data, Header, Kind, Wanted};
