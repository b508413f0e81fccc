//! Printers: what the document says as text in a format. They spell and lay out, and decide nothing else.

pub(crate) mod latex;
pub(crate) mod markdown;
pub(crate) mod text;
