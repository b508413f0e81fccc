//! Printers: what the document says as text in a format. They spell and lay out, and decide nothing else.

pub(crate) mod html;
pub(crate) mod json;
pub(crate) mod latex;
pub(crate) mod markdown;
mod mathml;
mod page;
pub(crate) mod text;
