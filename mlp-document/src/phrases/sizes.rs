//! Sentences on the sizes of products.

use crate::content::{Column, Text};

/// For another batch than that of the numbers, where there is one.
pub(crate) fn sizes(other: Option<usize>) -> Text {
    let batch = other.map_or_else(String::new, |batch| format!(", for a batch of {batch} samples"));
    text![format!("The sizes of the matrices in each product{batch}:")]
}

/// A table of products in the forward pass, or elsewhere.
pub(crate) fn sizes_columns(forward: bool) -> [Column; 6] {
    let [first, second, result] = if forward {
        ["Input matrix", "Weight matrix", "Output matrix"]
    } else {
        ["Left factor", "Right factor", "Result"]
    };
    ["Value", "Product", first, second, result, "Sizes"].map(Column::text)
}
