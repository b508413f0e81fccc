//! Graphs as pictures. A [`Graph`] says what is drawn: nodes with labels, edges with texts, groups. A layout makes a
//! [`Scene`] of it, in which everything has a place and each text its extents; [`Scene::faults`] finds texts that
//! overlap and edges that run through a text. Printers write a scene as SVG, and a graph as DOT or Mermaid.
//!
//! ```text
//! Graph ── columns, layered ─▶ Scene ── svg ─▶ text
//!   └───── dot, mermaid ─────────────────────▶ text
//! ```
//!
//! Nothing here knows networks. All numbers come from +, −, ×, ÷ and square roots, so each machine prints the same bytes.

#![cfg_attr(not(test), warn(clippy::wildcard_enum_match_arm))]

pub mod columns;
mod dot;
mod faults;
pub mod geometry;
mod graph;
mod label;
pub mod layered;
mod mermaid;
mod scene;
mod svg;
mod widths;

pub use dot::dot;
pub use faults::Fault;
pub use graph::{Edge, EdgeText, Emphasis, Graph, Group, Line, Node, NodeShape, Place, Role, Tone};
pub use label::{Label, Level, Run};
pub use mermaid::mermaid;
pub use scene::{Owner, PlacedEdge, PlacedNode, PlacedText, Scene};
pub use svg::svg;
