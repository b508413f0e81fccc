//! A layout in columns, for networks: a column for each rank, nodes in the order of the graph, straight edges from column
//! to column. An edge that passes over a column runs in a lane above or below all nodes. The texts of edges find free
//! places along them; where there are none, the picture grows.

mod lanes;
mod texts;

use crate::{
    geometry::{Extent, Path, Point, Rect},
    graph::{Graph, Group, Node, NodeShape, Role, Tone},
    label::{Label, Level},
    scene::{MARGIN, Owner, PlacedEdge, PlacedNode, PlacedText, Scene},
};

/// How often a picture grows to make room.
const GROWTH: usize = 14;
/// By how much the distance of two columns grows between which something has no room, and by how much that of all rows.
const ACROSS: f64 = 1.25;
const DOWN: f64 = 1.3;
/// The largest distances of columns and of rows.
const WIDEST: f64 = 1200.0;
const LARGEST: f64 = 110.0;

/// Distances of columns and of nodes in a column before the picture grows.
const COLUMNS: f64 = 90.0;
const ROWS: f64 = 26.0;
/// Between titles and the nodes under them, and between notes.
const GAP: f64 = 14.0;

/// A picture of a graph in columns. Where the text of an edge has no free place in the largest picture either, it is
/// under the picture.
pub fn columns(graph: &Graph) -> Scene {
    let ranks = ranks(graph);
    let mut across = vec![COLUMNS; ranks.iter().max().map_or(0, |rank| rank + 1)];
    let (mut distance, mut down) = (COLUMNS, ROWS);
    let mut best: Option<(usize, Layout<'_>, texts::Found)> = None;
    for _ in 0..GROWTH {
        let layout = Layout::new(graph, ranks.clone(), &across, down);
        let faults = layout.scene.faults();
        let found = texts::place(graph, &layout.scene);
        let wrong = 1000 * faults.len() + found.homeless.len();
        let homeless = found.homeless.iter().filter_map(|edge| graph.edges.get(*edge));
        let mut narrow: Vec<(usize, usize)> = homeless.map(|edge| (edge.from, edge.to)).collect();
        narrow.extend(faults.iter().filter_map(crate::Fault::edge));
        distance = (distance * ACROSS).min(WIDEST);
        for (from, to) in narrow.iter().map(|(from, to)| (ranks.get(*from), ranks.get(*to))) {
            grow(&mut across, distance, from.copied(), to.copied());
        }
        down = (down * DOWN).min(LARGEST);
        if best.as_ref().is_none_or(|(least, ..)| wrong < *least) {
            best = Some((wrong, layout, found));
        }
        if wrong == 0 {
            break;
        }
    }
    best.map_or_else(Scene::default, |(_, mut layout, found)| {
        layout.scene.texts.extend(found.placed);
        layout.finish(&found.homeless)
    })
}

/// Sets the distances of all columns between two to at least this.
fn grow(across: &mut [f64], least: f64, from: Option<usize>, to: Option<usize>) {
    let (Some(from), Some(to)) = (from, to) else { return };
    for gap in from.min(to)..=from.max(to).saturating_sub(1) {
        if let Some(distance) = across.get_mut(gap) {
            *distance = distance.max(least);
        }
    }
}

/// The column of each node; ranks without a node take no place.
fn ranks(graph: &Graph) -> Vec<usize> {
    let mut ranks = graph.ranks();
    let mut used = ranks.clone();
    used.sort_unstable();
    used.dedup();
    for rank in &mut ranks {
        *rank = used.partition_point(|it| it < rank);
    }
    ranks
}

/// The size of letters.
pub(crate) fn size(tone: Tone) -> f64 {
    match tone {
        Tone::Name | Tone::Title => 14.0,
        Tone::Value | Tone::Gradient | Tone::Note => 12.0,
    }
}

/// The extents of the lines of a node and of its outline around them.
pub fn extent(node: &Node) -> Extent {
    let lines = node.lines.iter().map(|(label, tone)| label.extent(size(*tone)));
    let inner = lines.fold(Extent::default(), |all, line| Extent {
        width: all.width.max(line.width),
        height: all.height + line.height,
    });
    let Extent { width, height } = inner;
    match node.shape {
        NodeShape::Circle => {
            // An ellipse around a rectangle has √2 times its sides.
            let (width, height) = ((width * 1.4143 + 6.0).max(40.0), (height * 1.4143 + 6.0).max(40.0));
            let round = width < 1.4 * height;
            if round {
                Extent { width: width.max(height), height: width.max(height) }
            } else {
                Extent { width, height }
            }
        }
        NodeShape::Box => Extent { width: (width + 18.0).max(36.0), height: (height + 12.0).max(30.0) },
        NodeShape::Pill | NodeShape::Hexagon => {
            let height = (height + 10.0).max(30.0);
            Extent { width: width + height, height }
        }
        NodeShape::Plain => Extent { width: width + 4.0, height: height + 4.0 },
    }
}

/// The lines of a node at their places, one under the other around its middle.
pub fn lines_of(index: usize, node: &Node, bounds: &Rect) -> Vec<PlacedText> {
    let extents: Vec<Extent> = node.lines.iter().map(|(label, tone)| label.extent(size(*tone))).collect();
    let mut y = bounds.center().y - extents.iter().map(|extent| extent.height).sum::<f64>() / 2.0;
    let mut texts = Vec::new();
    for ((label, tone), extent) in node.lines.iter().zip(extents) {
        let middle = Point::new(bounds.center().x, y + extent.height / 2.0);
        y += extent.height;
        texts.push(PlacedText {
            label: label.clone(),
            bounds: Rect::around(middle, extent),
            size: size(*tone),
            tone: *tone,
            owner: Owner::Node(index),
            emphasis: node.emphasis,
        });
    }
    texts
}

/// A layout under construction.
struct Layout<'g> {
    graph: &'g Graph,
    ranks: Vec<usize>,
    /// The left border and the width of each column.
    columns: Vec<(f64, f64)>,
    scene: Scene,
}

impl<'g> Layout<'g> {
    /// Nodes and edges at their places.
    fn new(graph: &'g Graph, ranks: Vec<usize>, across: &[f64], down: f64) -> Self {
        let mut scene = Scene::default();
        (scene.title, scene.description) = (graph.title.clone(), graph.description.clone());
        let mut layout = Layout { graph, ranks, columns: Vec::new(), scene };
        layout.nodes(across, down);
        let paths =
            lanes::paths(graph, &layout.ranks, &layout.columns, &layout.scene.nodes, layout.borders());
        for ((index, edge), path) in graph.edges().zip(paths) {
            layout.scene.edges.push(PlacedEdge {
                edge: index,
                from: edge.from,
                to: edge.to,
                path,
                line: edge.line,
                emphasis: edge.emphasis,
            });
        }
        layout.titles();
        layout.scene.fit();
        layout
    }

    /// Places the nodes, each column around the same height, and their lines.
    fn nodes(&mut self, across: &[f64], down: f64) {
        let count = self.ranks.iter().max().map_or(0, |rank| rank + 1);
        let mut left = 0.0;
        let mut placed: Vec<Option<PlacedNode>> = vec![None; self.graph.nodes.len()];
        for rank in 0..count {
            let across = across.get(rank).copied().unwrap_or(COLUMNS);
            let members: Vec<(usize, &Node)> = self.members(rank).collect();
            let widths = members
                .iter()
                .map(|(_, node)| extent(node).width.max(caption_extent(node).map_or(0.0, |c| c.width)));
            let title = self.title_extent(rank);
            let width = widths.fold(0.0, f64::max);
            // A title may be wider than its column, not wider than the distance to the next.
            let column = width.max(title.width - COLUMNS / 2.0);
            let middle = left + column / 2.0;
            let mut top = -main_height(&members, down) / 2.0;
            for (index, node) in members {
                let own = extent(node);
                let bounds = Rect::around(Point::new(middle, top + own.height / 2.0), own);
                top += own.height + down;
                self.scene.texts.extend(lines_of(index, node, &bounds));
                if let (Some(label), Some(room)) = (&node.caption, caption_extent(node)) {
                    let center = Point::new(middle, bounds.bottom() + 2.0 + room.height / 2.0);
                    top += room.height + 2.0;
                    self.text(label, Rect::around(center, room), Tone::Note, Owner::Caption(index));
                }
                let (shape, role, emphasis) = (node.shape, node.role, node.emphasis);
                if let Some(slot) = placed.get_mut(index) {
                    *slot = Some(PlacedNode { node: index, bounds, shape, role, emphasis });
                }
            }
            self.columns.push((left, column));
            left += column + across;
        }
        self.scene.nodes = placed.into_iter().flatten().collect();
    }

    fn members(&self, rank: usize) -> impl Iterator<Item = (usize, &'g Node)> {
        let ranks = self.ranks.clone();
        self.graph.nodes.iter().enumerate().filter(move |(index, _)| ranks.get(*index) == Some(&rank))
    }

    fn text(&mut self, label: &Label, bounds: Rect, tone: Tone, owner: Owner) {
        let emphasis = crate::Emphasis::Normal;
        self.scene.texts.push(PlacedText {
            label: label.clone(),
            bounds,
            size: size(tone),
            tone,
            owner,
            emphasis,
        });
    }

    /// The groups whose first member is in a column.
    fn titled(&self, rank: usize) -> Vec<usize> {
        let first =
            |members: &[usize]| members.iter().filter_map(|member| self.ranks.get(*member)).min().copied();
        let groups = self.graph.groups.iter().enumerate();
        let here = groups.filter(|(_, group)| !group.title.is_empty() && first(&group.members) == Some(rank));
        here.map(|(index, _)| index).collect()
    }

    fn title_extent(&self, rank: usize) -> Extent {
        let groups = self.titled(rank).into_iter().filter_map(|index| self.graph.groups.get(index));
        let extents = groups.map(extent_of_title);
        extents.fold(Extent::default(), |all, title| Extent {
            width: all.width.max(title.width),
            height: all.height + title.height,
        })
    }

    /// The upper and the lower end of all columns.
    fn borders(&self) -> (f64, f64) {
        let nodes = self.scene.nodes.iter().map(|node| node.bounds);
        let all: Vec<Rect> = nodes.chain(self.scene.texts.iter().map(|text| text.bounds)).collect();
        let top = all.iter().map(|it| it.y).fold(0.0, f64::min);
        (top, all.iter().map(Rect::bottom).fold(0.0, f64::max))
    }

    /// A title from this height on; its lower end.
    fn title(&mut self, group: usize, middle: f64, top: f64) -> f64 {
        let mut y = top;
        let Some(of) = self.graph.groups.get(group) else { return y };
        for (line, tone) in of.title.iter().zip(tones()) {
            let extent = line.extent(size(tone));
            let center = Point::new(middle, y + extent.height / 2.0);
            y += extent.height;
            self.text(line, Rect::around(center, extent), tone, Owner::Group(group));
        }
        y
    }

    /// Titles above all columns, their last lines on one height.
    fn titles(&mut self) {
        let paths = self.scene.edges.iter().map(|edge| edge.path.bounds().y);
        let top = paths.fold(self.borders().0, f64::min) - GAP;
        for rank in 0..self.columns.len() {
            let Some((left, width)) = self.columns.get(rank).copied() else { continue };
            let mut y = top - self.title_extent(rank).height;
            for group in self.titled(rank) {
                y = self.title(group, left + width / 2.0, y);
            }
        }
    }

    /// Notes under everything, and the size of the picture.
    fn finish(mut self, homeless: &[usize]) -> Scene {
        let mut notes: Vec<Label> = homeless.iter().filter_map(|edge| self.as_note(*edge)).collect();
        notes.extend(self.graph.notes.iter().cloned());
        self.scene.fit();
        let mut y = self.scene.height;
        for note in notes {
            let extent = note.extent(size(Tone::Note));
            let center = Point::new(MARGIN + extent.width / 2.0, y + extent.height / 2.0);
            y += extent.height + 2.0;
            self.text(&note, Rect::around(center, extent), Tone::Note, Owner::Picture);
        }
        self.scene.fit();
        self.scene
    }

    /// The texts of an edge in words: from → to: text.
    fn as_note(&self, edge: usize) -> Option<Label> {
        let edge = self.graph.edges.get(edge)?;
        let name = |node: usize| self.graph.nodes.get(node)?.lines.first().map(|(label, _)| label.clone());
        let start = name(edge.from)?.then(" → ", Level::Base).join(&name(edge.to)?).then(": ", Level::Base);
        let texts = edge.texts.iter().enumerate();
        Some(texts.fold(start, |line, (index, text)| {
            line.then(if index == 0 { "" } else { ", " }, Level::Base).join(&text.label)
        }))
    }
}

/// The first line of a title is its name, the others are small.
fn tones() -> impl Iterator<Item = Tone> {
    std::iter::once(Tone::Title).chain(std::iter::repeat(Tone::Note))
}

/// Where a line from the middle of a node to a point leaves it.
fn border(node: &PlacedNode, towards: Point) -> Point {
    let center = node.bounds.center();
    let (x, y) = (towards.x - center.x, towards.y - center.y);
    let (a, b) = (node.bounds.width / 2.0, node.bounds.height / 2.0);
    let part = match node.shape {
        NodeShape::Circle => 1.0 / ((x / a) * (x / a) + (y / b) * (y / b)).sqrt(),
        NodeShape::Box | NodeShape::Pill | NodeShape::Hexagon | NodeShape::Plain => {
            // The middle of the side that faces the point.
            return Point::new(if x < 0.0 { node.bounds.x } else { node.bounds.right() }, center.y);
        }
    };
    if part.is_finite() { center.towards(towards, part) } else { center }
}

/// From the first to the last node of a column, without the parameters under them: these are aside, and the columns of
/// neurons are around one height.
fn main_height(members: &[(usize, &Node)], down: f64) -> f64 {
    let (mut height, mut end) = (0.0, 0.0);
    for (_, node) in members {
        let own = extent(node).height;
        if !matches!(node.role, Role::Parameter | Role::Constant) || height == 0.0 {
            height = end + own;
        }
        end += own + down + caption_extent(node).map_or(0.0, |caption| caption.height + 2.0);
    }
    height
}

/// The extents of the lines of a title.
fn extent_of_title(group: &Group) -> Extent {
    let lines = group.title.iter().zip(tones()).map(|(line, tone)| line.extent(size(tone)));
    lines.fold(Extent::default(), |all, line| Extent {
        width: all.width.max(line.width),
        height: all.height + line.height,
    })
}

/// The extents of the line under a node.
fn caption_extent(node: &Node) -> Option<Extent> {
    node.caption.as_ref().map(|caption| caption.extent(size(Tone::Note)))
}

/// A straight way between two nodes, through points between them.
fn way(from: &PlacedNode, to: &PlacedNode, between: &[Point]) -> Path {
    let after = between.first().copied().unwrap_or(to.bounds.center());
    let before = between.last().copied().unwrap_or(from.bounds.center());
    let mut points = vec![border(from, after)];
    points.extend(between);
    points.push(border(to, before));
    Path::through(&points)
}
