//! The texts of edges: each finds a place along its edge where it touches nothing else.

use crate::{
    geometry::{Point, Rect},
    graph::{Edge, Graph, Place},
    scene::{Owner, PlacedEdge, PlacedText, Scene},
};

/// Parts of an edge at which its texts are tried, the best first: where edges fan out, then where they come together, then
/// between.
const PARTS: [u8; 41] = [
    30, 26, 34, 22, 38, 18, 42, 70, 66, 74, 62, 78, 46, 54, 50, 58, 82, 15, 85, 28, 32, 24, 36, 20, 40, 16,
    72, 68, 76, 64, 80, 84, 14, 86, 12, 88, 10, 90, 44, 56, 8,
];

/// Free space around a text.
const AROUND: f64 = 1.5;

/// The texts of edges.
#[derive(Default)]
pub(super) struct Found {
    /// Those with a place.
    pub(super) placed: Vec<PlacedText>,
    /// The edges whose texts have none.
    pub(super) homeless: Vec<usize>,
}

/// The texts of all edges.
pub(super) fn place(graph: &Graph, scene: &Scene) -> Found {
    let mut found = Found::default();
    for edge in &scene.edges {
        let Some(texts) = graph.edges.get(edge.edge).filter(|edge| !edge.texts.is_empty()) else { continue };
        // In a lane, the middle is best.
        let lane = if edge.path.pieces.len() > 1 { &[50, 45, 55, 40, 60][..] } else { &[] };
        let place = lane.iter().chain(&PARTS).find_map(|part| {
            let texts = at(edge, texts, f64::from(*part) / 100.0);
            texts.iter().all(|text| is_free(text, scene, &found.placed)).then_some(texts)
        });
        match place {
            Some(texts) => found.placed.extend(texts),
            None => found.homeless.push(edge.edge),
        }
    }
    found
}

/// The texts of an edge at a part of its length.
fn at(edge: &PlacedEdge, texts: &Edge, part: f64) -> Vec<PlacedText> {
    let (point, slope) = point_at(edge, part);
    let mut placed = Vec::new();
    for text in &texts.texts {
        let size = super::size(text.tone) - 1.0;
        let extent = text.label.extent(size);
        let aside = extent.height / 2.0 + slope * extent.width / 2.0 + 2.0;
        let y = match text.place {
            Place::On => point.y,
            Place::Above => point.y - aside,
            Place::Below => point.y + aside,
        };
        placed.push(PlacedText {
            label: text.label.clone(),
            bounds: Rect::around(Point::new(point.x, y), extent),
            size,
            tone: text.tone,
            owner: Owner::Edge(edge.edge),
            emphasis: edge.emphasis,
        });
    }
    placed
}

/// The point at a part of an edge's length, and how steep it is there.
fn point_at(edge: &PlacedEdge, part: f64) -> (Point, f64) {
    let lines = edge.path.lines();
    let mut left = part * lines.iter().map(|(a, b)| a.distance(*b)).sum::<f64>();
    for (a, b) in &lines {
        let length = a.distance(*b);
        if left <= length && length > 0.0 {
            let steep = if b.x == a.x { 4.0 } else { ((b.y - a.y) / (b.x - a.x)).abs().min(4.0) };
            return (a.towards(*b, left / length), steep);
        }
        left -= length;
    }
    (edge.path.end(), 0.0)
}

fn is_free(text: &PlacedText, scene: &Scene, placed: &[PlacedText]) -> bool {
    let bounds = text.bounds.grown(AROUND);
    let texts = scene.texts.iter().chain(placed).all(|other| !other.bounds.overlaps(&bounds));
    let nodes = || scene.nodes.iter().all(|node| !node.bounds.grown(2.0).overlaps(&bounds));
    let others = || scene.edges.iter().filter(|edge| Owner::Edge(edge.edge) != text.owner);
    let crosses = |edge: &PlacedEdge| edge.path.lines().iter().any(|(a, b)| bounds.is_crossed(*a, *b));
    texts && nodes() && !others().any(crosses)
}
