//! A layout in layers, for graphs of operations. Layers of nodes and layers of texts take turns: the texts of an edge
//! have a place of their own in the layer before its end. A library orders the places and sets their heights; here they
//! are kept apart, and each edge runs level through a layer and bends between two, so no edge runs through a text.

mod heights;
mod places;

use crate::{
    columns::{extent as node_extent, lines_of, size},
    geometry::{Extent, Path, Piece, Point, Rect},
    graph::{Edge, EdgeText, Emphasis, Graph, Node, NodeShape, Place, Role, Tone},
    label::Label,
    scene::{MARGIN, Owner, PlacedEdge, PlacedNode, PlacedText, Scene},
};

use places::{Content, Places};

/// Between a text and the line of its edge.
const ASIDE: f64 = 2.0;
/// The least distance of two layers, and how much of a bend's height is added to it.
const BEND: (f64, f64) = (9.0, 0.07);
/// The most that is added for a bend.
const LONGEST_BEND: f64 = 24.0;
/// Beside the lines of a box.
const INSIDE: f64 = 10.0;
/// The radius of a gate.
const GATE: f64 = 13.0;

/// A picture of a graph in layers. Edges go from nodes to later ones; one that does not is left out.
pub fn layered(graph: &Graph) -> Scene {
    let places = Places::of(graph);
    let heights = heights::heights(&places);
    let mut layout = Layout { graph, places, heights, columns: Vec::new(), scene: Scene::default() };
    (layout.scene.title, layout.scene.description) = (graph.title.clone(), graph.description.clone());
    layout.columns();
    layout.nodes();
    layout.edges();
    layout.finish()
}

/// The extents of a node's outline; a gate is as small as its sign.
fn extent(node: &Node) -> Extent {
    let sign = node.lines.first().map_or(0.0, |(label, tone)| label.extent(size(*tone)).width);
    let small = node.role == Role::Gate && node.shape == NodeShape::Circle && node.lines.len() == 1;
    if small && sign <= 1.35 * GATE {
        return Extent { width: 2.0 * GATE, height: 2.0 * GATE };
    }
    let own = node_extent(node);
    match node.shape {
        NodeShape::Box => {
            let lines = node.lines.iter().map(|(label, tone)| label.extent(size(*tone)).width);
            Extent { width: (lines.fold(0.0, f64::max) + INSIDE).max(2.0 * GATE), ..own }
        }
        NodeShape::Circle | NodeShape::Pill | NodeShape::Hexagon | NodeShape::Plain => own,
    }
}

/// The extents of a node with its caption.
fn room_of_node(node: &Node) -> (Extent, f64) {
    let own = extent(node);
    let caption = node.caption.as_ref().map(|label| label.extent(size(Tone::Note)));
    let below = caption.map_or(0.0, |caption| caption.height + ASIDE);
    let width = own.width.max(caption.map_or(0.0, |caption| caption.width));
    (Extent { width, height: own.height }, below)
}

/// The width of the texts of an edge, and their heights above and below its line.
fn room_of_edge(edge: &Edge) -> (f64, [f64; 2]) {
    let mut room = (0.0_f64, [0.0_f64; 2]);
    for text in &edge.texts {
        let own = text.label.extent(text_size(text.tone));
        room.0 = room.0.max(own.width);
        match text.place {
            Place::Above => room.1[0] += own.height,
            Place::Below => room.1[1] += own.height,
            Place::On => room.1 = room.1.map(|side| side.max(own.height / 2.0)),
        }
    }
    room.1 = room.1.map(|side| if side > 0.0 { side + ASIDE } else { 0.0 });
    room
}

/// The size of a text of an edge.
fn text_size(tone: Tone) -> f64 {
    match tone {
        Tone::Name | Tone::Value | Tone::Gradient => 12.0,
        Tone::Title | Tone::Note => 10.0,
    }
}

/// A layout under construction.
struct Layout<'g> {
    graph: &'g Graph,
    places: Places,
    /// The height of the line, or of the middle, of each place.
    heights: Vec<f64>,
    /// The left and the right border of each layer.
    columns: Vec<(f64, f64)>,
    scene: Scene,
}

impl Layout<'_> {
    fn height(&self, place: usize) -> f64 {
        self.heights.get(place).copied().unwrap_or(0.0)
    }

    fn column(&self, place: usize) -> (f64, f64) {
        let layer = self.places.all.get(place).map_or(0, |place| place.layer);
        self.columns.get(layer).copied().unwrap_or_default()
    }

    /// The layers from left to right, further apart where an edge between them bends more.
    fn columns(&mut self) {
        let mut left = 0.0;
        for layer in 0..self.places.layers {
            let own = || self.places.all.iter().filter(|place| place.layer == layer);
            let width = own().map(|place| place.width).fold(0.0, f64::max);
            self.columns.push((left, left + width));
            let bends = self
                .places
                .links
                .iter()
                .filter(|(from, _)| self.places.all.get(*from).is_some_and(|place| place.layer == layer));
            let bend = bends.map(|(from, to)| (self.height(*from) - self.height(*to)).abs());
            left += width + BEND.0 + (BEND.1 * bend.fold(0.0, f64::max)).min(LONGEST_BEND);
        }
    }

    fn nodes(&mut self) {
        for (place, own) in self.places.all.iter().enumerate() {
            let Content::Node(index) = own.content else { continue };
            let Some(node) = self.graph.nodes.get(index) else { continue };
            let (left, right) = self.column(place);
            let center = Point::new(f64::midpoint(left, right), self.height(place));
            let bounds = Rect::around(center, extent(node));
            self.scene.texts.extend(lines_of(index, node, &bounds));
            if let Some(caption) = &node.caption {
                let extent = caption.extent(size(Tone::Note));
                let center = Point::new(center.x, bounds.bottom() + ASIDE + extent.height / 2.0);
                self.scene.texts.push(PlacedText {
                    label: caption.clone(),
                    bounds: Rect::around(center, extent),
                    size: size(Tone::Note),
                    tone: Tone::Note,
                    owner: Owner::Caption(index),
                    emphasis: node.emphasis,
                });
            }
            let (shape, role, emphasis) = (node.shape, node.role, node.emphasis);
            self.scene.nodes.push(PlacedNode { node: index, bounds, shape, role, emphasis });
        }
        self.scene.nodes.sort_by_key(|node| node.node);
    }

    fn edges(&mut self) {
        for way in &self.places.ways {
            let Some(edge) = self.graph.edges.get(way.edge) else { continue };
            let (Some(from), Some(to)) = (self.placed(edge.from), self.placed(edge.to)) else { continue };
            let start = port(from, self.share(way.edge, edge.from, false), true);
            let end = port(to, self.share(way.edge, edge.to, true), false);
            let path = self.path(&way.through, start, end);
            for place in &way.through {
                if self.places.all.get(*place).is_some_and(|place| place.content == Content::Texts(way.edge))
                {
                    let (left, right) = self.column(*place);
                    let middle = Point::new(f64::midpoint(left, right), self.height(*place));
                    self.scene.texts.extend(texts(way.edge, edge, middle));
                }
            }
            self.scene.edges.push(PlacedEdge {
                edge: way.edge,
                from: edge.from,
                to: edge.to,
                path,
                line: edge.line,
                emphasis: edge.emphasis,
            });
        }
    }

    fn placed(&self, node: usize) -> Option<&PlacedNode> {
        self.scene.nodes.get(self.scene.nodes.binary_search_by_key(&node, |placed| placed.node).ok()?)
    }

    /// Where an edge meets a node, from −1 at the top to 1 at the bottom: in the order of the heights that it comes
    /// from, or goes to.
    fn share(&self, edge: usize, node: usize, incoming: bool) -> f64 {
        let meets = |way: &&places::Way| {
            let ends = self.graph.edges.get(way.edge).map(|edge| if incoming { edge.to } else { edge.from });
            ends == Some(node)
        };
        let next = |way: &places::Way| {
            let other = if incoming { way.through.last() } else { way.through.first() };
            other.map_or(0.0, |place| self.height(*place))
        };
        let mut all: Vec<(f64, usize)> =
            self.places.ways.iter().filter(meets).map(|way| (next(way), way.edge)).collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let place = all.iter().position(|(_, own)| *own == edge).unwrap_or(0);
        if all.len() < 2 { 0.0 } else { 2.0 * place as f64 / (all.len() - 1) as f64 - 1.0 }
    }

    /// Level through each layer, bent between them.
    fn path(&self, through: &[usize], start: Point, end: Point) -> Path {
        let mut path = Path { start, pieces: Vec::new() };
        let mut at = start;
        let edge_of = |left: f64, y: f64| Point::new(left, y);
        // To the border of the node's own layer first.
        let mut border = self.columns.iter().find(|(left, right)| *left <= start.x && start.x <= *right);
        for place in through {
            let (left, right) = self.column(*place);
            if let Some((_, own)) = border.take()
                && *own > at.x
            {
                at = edge_of(*own, at.y);
                path.pieces.push(Piece::Line(at));
            }
            bend(&mut path, at, edge_of(left, self.height(*place)));
            at = edge_of(right, self.height(*place));
            if right > left {
                path.pieces.push(Piece::Line(at));
            }
        }
        let layer = self.columns.iter().find(|(left, right)| *left <= end.x && end.x <= *right);
        let into = edge_of(layer.map_or(end.x, |(left, _)| *left), end.y);
        bend(&mut path, at, into);
        path.pieces.push(Piece::Line(end));
        path
    }

    /// Notes under everything, and the size of the picture.
    fn finish(mut self) -> Scene {
        self.scene.fit();
        let mut y = self.scene.height;
        for note in &self.graph.notes {
            let extent = note.extent(size(Tone::Note));
            self.scene.texts.push(PlacedText {
                label: note.clone(),
                bounds: Rect { x: MARGIN, y, width: extent.width, height: extent.height },
                size: size(Tone::Note),
                tone: Tone::Note,
                owner: Owner::Picture,
                emphasis: Emphasis::Normal,
            });
            y += extent.height + ASIDE;
        }
        self.scene.fit();
        self.scene
    }
}

/// A curve between two layers.
fn bend(path: &mut Path, from: Point, to: Point) {
    if from == to {
        return;
    }
    if from.y == to.y {
        path.pieces.push(Piece::Line(to));
        return;
    }
    let middle = f64::midpoint(from.x, to.x);
    path.pieces.push(Piece::Curve(Point::new(middle, from.y), Point::new(middle, to.y), to));
}

/// The point where an edge meets a node; `share` is from −1 at the top to 1 at the bottom.
fn port(node: &PlacedNode, share: f64, outgoing: bool) -> Point {
    let center = node.bounds.center();
    let (a, b) = (node.bounds.width / 2.0, node.bounds.height / 2.0);
    let up = share * 0.6;
    let aside = match node.shape {
        NodeShape::Circle => (1.0 - up * up).sqrt() * a,
        NodeShape::Box | NodeShape::Plain => a,
        NodeShape::Pill => a - b * (1.0 - (1.0 - up * up).sqrt()),
        NodeShape::Hexagon => a - up.abs() * b / 2.0,
    };
    Point::new(if outgoing { center.x + aside } else { center.x - aside }, center.y + up * b)
}

/// The texts of an edge above and below a point of its line.
fn texts(index: usize, edge: &Edge, middle: Point) -> Vec<PlacedText> {
    let extent = |label: &Label, tone: Tone| label.extent(text_size(tone));
    let above: f64 = edge
        .texts
        .iter()
        .filter(|text| text.place == Place::Above)
        .map(|text| extent(&text.label, text.tone).height)
        .sum();
    let (mut up, mut down) = (middle.y - ASIDE - above, middle.y + ASIDE);
    let place = |text: &EdgeText| {
        let own = extent(&text.label, text.tone);
        let y = match text.place {
            Place::Above => {
                up += own.height;
                up - own.height
            }
            Place::Below => {
                down += own.height;
                down - own.height
            }
            Place::On => middle.y - own.height / 2.0,
        };
        PlacedText {
            label: text.label.clone(),
            bounds: Rect { x: middle.x - own.width / 2.0, y, width: own.width, height: own.height },
            size: text_size(text.tone),
            tone: text.tone,
            owner: Owner::Edge(index),
            emphasis: edge.emphasis,
        }
    };
    edge.texts.iter().map(place).collect()
}
