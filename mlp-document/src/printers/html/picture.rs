//! The picture of a page, as lists of what is in it.

use std::fmt::Write;

use crate::content::Picture;

use super::escape;

/// The contents of a figure.
pub(super) fn figure(picture: &Picture, _number: usize) -> String {
    let mut out = String::from("<ul>");
    for (title, nodes) in &picture.groups {
        let labels = nodes.iter().filter_map(|node| picture.nodes.get(*node));
        let labels: Vec<String> = labels.map(|node| escape(&node.label)).collect();
        let _ = write!(out, "<li>{}: {}</li>", escape(title), labels.join(", "));
    }
    out.push_str("</ul>");
    out
}
