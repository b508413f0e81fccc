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
    let ways: Vec<Way> = scene.edges.iter().map(Way::new).collect();
    let mut found = Found::default();
    for (edge, way) in scene.edges.iter().zip(&ways) {
        let Some(texts) = graph.edges.get(edge.edge).filter(|edge| !edge.texts.is_empty()) else { continue };
        let around = Around::new(edge, way, texts, scene, &ways, &found.placed);
        // In a lane, the middle is best.
        let lane = if edge.path.pieces.len() > 1 { &[50, 45, 55, 40, 60][..] } else { &[] };
        let place = lane.iter().chain(&PARTS).find_map(|part| {
            let texts = at(edge, texts, f64::from(*part) / 100.0);
            texts.iter().all(|text| around.has_room(text)).then_some(texts)
        });
        match place {
            Some(texts) => found.placed.extend(texts),
            None => found.homeless.push(edge.edge),
        }
    }
    found
}

/// The straight pieces of an edge.
struct Way {
    lines: Vec<(Point, Point)>,
    bounds: Rect,
}

impl Way {
    fn new(edge: &PlacedEdge) -> Self {
        Way { lines: edge.path.lines(), bounds: edge.path.bounds() }
    }
}

/// What is so near to an edge that its texts may touch it.
struct Around<'s> {
    taken: Vec<Rect>,
    ways: Vec<&'s Way>,
}

impl<'s> Around<'s> {
    fn new(
        edge: &PlacedEdge,
        way: &Way,
        texts: &Edge,
        scene: &Scene,
        ways: &'s [Way],
        placed: &[PlacedText],
    ) -> Self {
        let reach = texts.texts.iter().map(|text| {
            let extent = text.label.extent(super::size(text.tone));
            extent.width + 2.0 * extent.height
        });
        let near = way.bounds.grown(reach.fold(2.0 * AROUND, f64::max));
        let texts = scene.texts.iter().chain(placed).map(|text| text.bounds);
        let nodes = scene.nodes.iter().map(|node| node.bounds.grown(2.0));
        let taken = texts.chain(nodes).filter(|bounds| bounds.overlaps(&near)).collect();
        let others = scene.edges.iter().zip(ways).filter(|(other, _)| other.edge != edge.edge);
        let ways =
            others.filter(|(_, way)| way.bounds.grown(0.1).overlaps(&near)).map(|(_, way)| way).collect();
        Around { taken, ways }
    }

    fn has_room(&self, text: &PlacedText) -> bool {
        let bounds = text.bounds.grown(AROUND);
        let crosses = |way: &&Way| {
            way.bounds.grown(0.1).overlaps(&bounds)
                && way.lines.iter().any(|(a, b)| bounds.is_crossed(*a, *b))
        };
        !self.taken.iter().any(|taken| taken.overlaps(&bounds)) && !self.ways.iter().any(crosses)
    }
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
