//! The ways of edges: straight to the next column, in a lane around the columns that an edge passes over. Edges without
//! text from one group to another share a lane.

use std::collections::BTreeMap;

use crate::{
    geometry::{Path, Piece, Point},
    graph::{Edge, Graph, Line},
    scene::PlacedNode,
};

/// The distance of two lanes.
const LANE: f64 = 22.0;

/// How far one of several edges between two nodes is above the one under it.
const BOW: f64 = 30.0;

/// The path of each edge, in order.
pub(super) fn paths(
    graph: &Graph,
    ranks: &[usize],
    columns: &[(f64, f64)],
    nodes: &[PlacedNode],
    borders: (f64, f64),
) -> Vec<Path> {
    let mut lanes = Lanes { graph, ranks, nodes, borders, above: 0, below: 0, shared: BTreeMap::new() };
    let mut drawn: BTreeMap<(usize, usize), u32> = BTreeMap::new();
    let column = |rank: usize| columns.get(rank).copied().unwrap_or_default();
    let path = |edge: &Edge| {
        let (Some(start), Some(end)) = (nodes.get(edge.from), nodes.get(edge.to)) else {
            return Path::default();
        };
        let [from, to] = [lanes.rank(edge.from), lanes.rank(edge.to)];
        if to == from + 1 {
            let others = drawn.entry((edge.from, edge.to)).or_insert(0);
            *others += 1;
            return if *others == 1 { super::way(start, end, &[]) } else { bow(start, end, *others - 1) };
        }
        let y = lanes.lane(edge);
        let (left, right) = if to > from {
            (column(from + 1).0, column(to - 1).0 + column(to - 1).1)
        } else {
            // To the same column, or back: around the right side of one and the left side of the other.
            (column(from).0 + column(from).1 + LANE, column(to).0 - LANE)
        };
        super::way(start, end, &[Point::new(left, y), Point::new(right, y)])
    };
    graph.edges().map(|(_, edge)| edge).map(path).collect()
}

/// One of several edges between two nodes: a bow above the straight one.
fn bow(start: &PlacedNode, end: &PlacedNode, number: u32) -> Path {
    let up = f64::from(number) * BOW;
    let (from, to) = (start.bounds.center(), end.bounds.center());
    let [a, b] = [0.3, 0.7].map(|part| from.towards(to, part)).map(|point| Point::new(point.x, point.y - up));
    let (start, end) = (super::border(start, a), super::border(end, b));
    Path { start, pieces: vec![Piece::Curve(a, b, end)] }
}

/// The lanes that are taken.
struct Lanes<'g> {
    graph: &'g Graph,
    ranks: &'g [usize],
    nodes: &'g [PlacedNode],
    /// The upper and the lower end of all columns.
    borders: (f64, f64),
    above: u32,
    below: u32,
    /// The lanes of edges without text, by the groups and the columns at their ends.
    shared: BTreeMap<[usize; 4], f64>,
}

impl Lanes<'_> {
    fn rank(&self, node: usize) -> usize {
        self.ranks.get(node).copied().unwrap_or(0)
    }

    /// The height of the lane of an edge.
    fn lane(&mut self, edge: &Edge) -> f64 {
        let ends = [edge.from, edge.to];
        let [from, to] = ends.map(|node| self.group(node));
        if edge.line != Line::Thin {
            return self.next(ends.map(|node| self.middle(node)));
        }
        let key = [from, to, self.rank(edge.from), self.rank(edge.to)];
        if let Some(lane) = self.shared.get(&key) {
            return *lane;
        }
        let middle = |node: usize, group: usize| match self.graph.groups.get(group) {
            None => self.middle(node),
            Some(group) => {
                let all = group.members.iter().map(|member| self.middle(*member));
                all.sum::<f64>() / group.members.len().max(1) as f64
            }
        };
        let lane = self.next([middle(edge.from, from), middle(edge.to, to)]);
        self.shared.insert(key, lane);
        lane
    }

    /// The next lane on the side that is near to both ends.
    fn next(&mut self, ends: [f64; 2]) -> f64 {
        let is_above = ends.iter().sum::<f64>() <= 0.0;
        let taken = if is_above { &mut self.above } else { &mut self.below };
        *taken += 1;
        let away = f64::from(*taken) * LANE;
        if is_above { self.borders.0 - away } else { self.borders.1 + away }
    }

    fn middle(&self, node: usize) -> f64 {
        self.nodes.get(node).map_or(0.0, |node| node.bounds.center().y)
    }

    /// The group of a node; where it has none, a number of its own.
    fn group(&self, node: usize) -> usize {
        let groups = &self.graph.groups;
        groups.iter().position(|group| group.members.contains(&node)).unwrap_or(groups.len() + node)
    }
}
