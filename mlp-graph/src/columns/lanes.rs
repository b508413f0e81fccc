//! The ways of edges: straight to the next column, in a lane around the columns that an edge passes over.

use crate::{
    geometry::{Path, Point},
    graph::Graph,
    scene::PlacedNode,
};

/// The distance of two lanes.
const LANE: f64 = 20.0;

/// The path of each edge, in order.
pub(super) fn paths(
    graph: &Graph,
    ranks: &[usize],
    columns: &[(f64, f64)],
    nodes: &[PlacedNode],
) -> Vec<Path> {
    let bottom = |node: &PlacedNode| {
        let caption = graph.nodes.get(node.node).and_then(|node| node.caption.as_ref());
        node.bounds.bottom() + caption.map_or(0.0, |caption| caption.extent(12.0).height + 2.0)
    };
    let top = nodes.iter().map(|node| node.bounds.y).fold(0.0, f64::min);
    let bottom = nodes.iter().map(bottom).fold(0.0, f64::max);
    let (mut above, mut below) = (0.0, 0.0);
    let path = |(from, to): (usize, usize)| {
        let (Some(start), Some(end)) = (nodes.get(from), nodes.get(to)) else { return Path::default() };
        let rank = |node: usize| ranks.get(node).copied().unwrap_or(0);
        if rank(to) == rank(from) + 1 {
            return super::way(start, end, &[]);
        }
        let is_above = start.bounds.center().y + end.bounds.center().y <= 0.0;
        let lane = if is_above { &mut above } else { &mut below };
        *lane += LANE;
        let y = if is_above { top - *lane } else { bottom + *lane };
        let (first, last) = (rank(from).min(rank(to)) + 1, rank(from).max(rank(to)));
        let column = |rank: usize| columns.get(rank).copied().unwrap_or_default();
        let mut between = vec![
            Point::new(column(first).0, y),
            Point::new(column(last.saturating_sub(1)).0 + column(last.saturating_sub(1)).1, y),
        ];
        if rank(to) <= rank(from) {
            // To the same column, or back: around the right side of one and the left side of the other.
            let (left, right) =
                (column(rank(to)).0 - LANE, column(rank(from)).0 + column(rank(from)).1 + LANE);
            between = vec![Point::new(right, y), Point::new(left, y)];
        }
        super::way(start, end, &between)
    };
    graph.edges().map(|(_, edge)| (edge.from, edge.to)).map(path).collect()
}
