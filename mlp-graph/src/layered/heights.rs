//! The heights of the places. `rust-sugiyama` puts the places of each layer in an order with few crossings and sets
//! their heights; the distances that texts need are then kept here, whatever it answers.

use std::panic::{AssertUnwindSafe, catch_unwind};

use rust_sugiyama::{
    configure::{Config, CrossingMinimization},
    from_vertices_and_edges,
};

use super::places::{Content, Places};

/// The least distance of two places of a layer: between texts or nodes, and where one is a line.
const APART: f64 = 6.0;

/// From this number of places on, fewer orders are tried: each takes long.
const LARGE: usize = 1_000;

/// Passes that move places towards those that they are linked with.
const PASSES: usize = 12;

/// The height of each place.
pub(super) fn heights(places: &Places) -> Vec<f64> {
    let ways = [CrossingMinimization::Barycenter, CrossingMinimization::Median];
    let ways = ways.into_iter().take(if places.all.len() > LARGE { 1 } else { 2 });
    let found = ways.filter_map(|way| ordered(places, way));
    let mut heights =
        found.min_by_key(|heights| crossings(places, heights)).unwrap_or_else(|| in_order(places));
    upright(places, &mut heights);
    let layers = in_layers(places, &heights);
    for layer in &layers {
        settle(places, layer, &mut heights);
    }
    for pass in 0..PASSES {
        straighten(places, &layers, &mut heights, pass % 2 == 0);
    }
    heights
}

/// Turns the picture over where more pairs of nodes are above each other than in the order of the graph.
fn upright(places: &Places, heights: &mut [f64]) {
    let nodes = || {
        places.all.iter().zip(heights.iter()).filter(|(place, _)| matches!(place.content, Content::Node(_)))
    };
    let mut turned = 0_i64;
    for (index, (place, height)) in nodes().enumerate() {
        for (_, below) in nodes().skip(index + 1).filter(|(other, _)| other.layer == place.layer) {
            turned += i64::from(below < height) - i64::from(below > height);
        }
    }
    if turned > 0 {
        heights.iter_mut().for_each(|height| *height = -*height);
    }
}

/// The answer of the library; none where it fails.
fn ordered(places: &Places, c_minimization: CrossingMinimization) -> Option<Vec<f64>> {
    // The library stacks layers from top to bottom: what is our height is its width.
    let size = |place: &super::places::OnePlace| (place.reach[0] + place.reach[1] + APART, 1.0);
    let vertices: Vec<(u32, (f64, f64))> =
        (0..).zip(&places.all).map(|(index, place)| (index, size(place))).collect();
    let links: Vec<(u32, u32)> = places
        .links
        .iter()
        .map(|(from, to)| Some((u32::try_from(*from).ok()?, u32::try_from(*to).ok()?)))
        .collect::<Option<_>>()?;
    let config = Config {
        vertex_spacing: 1.0,
        c_minimization,
        transpose: places.all.len() <= LARGE,
        ..Config::default()
    };
    let answer =
        catch_unwind(AssertUnwindSafe(|| from_vertices_and_edges(&vertices, &links, &config))).ok()?;
    let mut heights = vec![None; places.all.len()];
    let mut top = 0.0;
    // Parts that are not connected are one below the other.
    for (part, width, _) in answer {
        let first = part.iter().map(|(_, (x, _))| *x).fold(f64::INFINITY, f64::min);
        for (index, (x, _)) in part {
            *heights.get_mut(index)? = Some(top + x - first).filter(|height| height.is_finite());
        }
        top += width.max(0.0) + APART;
    }
    heights.into_iter().collect()
}

/// How many pairs of links between the same two layers cross.
fn crossings(places: &Places, heights: &[f64]) -> usize {
    let height = |place: usize| heights.get(place).copied().unwrap_or(0.0);
    let mut of_layer: Vec<Vec<(f64, f64)>> = vec![Vec::new(); places.layers];
    for (from, to) in &places.links {
        let layer = places.all.get(*from).map_or(0, |place| place.layer);
        if let Some(list) = of_layer.get_mut(layer) {
            list.push((height(*from), height(*to)));
        }
    }
    let crossed = |links: &Vec<(f64, f64)>| {
        let pairs = links.iter().enumerate();
        let later = |(index, a): (usize, &(f64, f64))| {
            let rest = links.iter().skip(index + 1);
            rest.filter(|b| (a.0 - b.0) * (a.1 - b.1) < 0.0).count()
        };
        pairs.map(later).sum::<usize>()
    };
    of_layer.iter().map(crossed).sum()
}

/// Places in the order of the graph, all in one column of lines.
fn in_order(places: &Places) -> Vec<f64> {
    (0..places.all.len()).map(|index| index as f64).collect()
}

/// The places of each layer from top to bottom.
fn in_layers(places: &Places, heights: &[f64]) -> Vec<Vec<usize>> {
    let mut layers = vec![Vec::new(); places.layers];
    for (index, place) in places.all.iter().enumerate() {
        if let Some(layer) = layers.get_mut(place.layer) {
            layer.push(index);
        }
    }
    let height = |place: &usize| heights.get(*place).copied().unwrap_or(0.0);
    for layer in &mut layers {
        layer.sort_by(|a, b| height(a).total_cmp(&height(b)).then(a.cmp(b)));
    }
    layers
}

/// The least distance of the lines of two neighbours.
fn distance(places: &Places, above: usize, below: usize) -> f64 {
    let (Some(above), Some(below)) = (places.all.get(above), places.all.get(below)) else { return APART };
    above.reach[1] + below.reach[0] + APART
}

/// Moves the places of a layer apart where they are too close, those above up and those below down.
fn settle(places: &Places, layer: &[usize], heights: &mut [f64]) {
    let wanted: Vec<f64> = layer.iter().map(|place| heights.get(*place).copied().unwrap_or(0.0)).collect();
    // Blocks of neighbours that touch, each at the mean of what its members want.
    let mut blocks: Vec<(f64, Vec<f64>)> = Vec::new();
    for wanted in &wanted {
        blocks.push((*wanted, vec![0.0]));
        while let [.., (above, offsets), (below, _)] = blocks.as_slice() {
            let last = offsets.last().copied().unwrap_or(0.0);
            let members: usize = blocks.iter().rev().skip(1).map(|(_, offsets)| offsets.len()).sum();
            let (Some(a), Some(b)) =
                (members.checked_sub(1).and_then(|at| layer.get(at)), layer.get(members))
            else {
                break;
            };
            let gap = last + distance(places, *a, *b);
            if above + gap <= *below {
                break;
            }
            let Some((start_below, added)) = blocks.pop() else { break };
            let Some((start, offsets)) = blocks.last_mut() else { break };
            let (n, m) = (offsets.len() as f64, added.len() as f64);
            *start = (*start * n + (start_below - gap) * m) / (n + m);
            offsets.extend(added.iter().map(|offset| gap + offset));
        }
    }
    let placed = blocks.iter().flat_map(|(start, offsets)| offsets.iter().map(move |offset| start + offset));
    for (place, height) in layer.iter().zip(placed) {
        if let Some(slot) = heights.get_mut(*place) {
            *slot = height;
        }
    }
}

/// One pass over the layers: each place wants the height of what it is linked with in the layer before.
fn straighten(places: &Places, layers: &[Vec<usize>], heights: &mut [f64], forwards: bool) {
    let mut linked: Vec<Vec<usize>> = vec![Vec::new(); places.all.len()];
    for (from, to) in &places.links {
        let (own, other) = if forwards { (*to, *from) } else { (*from, *to) };
        if let Some(list) = linked.get_mut(own) {
            list.push(other);
        }
    }
    let step = |layer: &Vec<usize>, heights: &mut [f64]| {
        for place in layer {
            let own = linked.get(*place).map_or(&[][..], Vec::as_slice);
            let sum: f64 = own.iter().map(|other| heights.get(*other).copied().unwrap_or(0.0)).sum();
            if let (false, Some(slot)) = (own.is_empty(), heights.get_mut(*place)) {
                *slot = sum / own.len() as f64;
            }
        }
        // The order stays: what wants to pass its neighbour is set beside it.
        settle(places, layer, heights);
    };
    if forwards {
        layers.iter().for_each(|layer| step(layer, heights));
    } else {
        layers.iter().rev().for_each(|layer| step(layer, heights));
    }
    debug_assert!(places.all.iter().all(|place| place.content != Content::Line || place.width == 0.0));
}
