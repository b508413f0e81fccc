//! The picture of the network: a column for each input and layer, an edge for each neuron that reads another.

use std::collections::{BTreeMap, HashMap};

use mlp_dsl::{
    formula::ConstantId,
    ir::{Value, array::Op, equation::EquationId},
    shape::Shape,
};
use mlp_graph::{Edge, Graph, Group, Label, Level, Line, Node, NodeShape, Place, Role, Tone};

use crate::{
    known::Known,
    notation::names::Names,
    phrases,
    sections::{facts::Facts, network::activation},
};

use super::{
    NetworkOptions,
    cells::{Cells, Thing},
    labels,
    links::{From, Link, Reads, reads},
};

/// The most columns of a picture; the layers between are left out.
const COLUMNS: usize = 32;
/// The most biases and constants that are drawn.
const BIASES: usize = 16;
/// The most names on one edge or under one neuron.
const NAMES: usize = 3;
/// The most lines of a title.
const LINES: usize = 7;
/// The most numbers of a matrix that are on the edges.
const NUMBERS: usize = 16;

/// The graph.
pub(super) fn graph(facts: &Facts<'_>, names: &Names, options: &NetworkOptions) -> Graph {
    let cells = Cells::new(facts.derivation);
    let mut drawing = Drawing {
        facts,
        names,
        options,
        cells: &cells,
        graph: Graph::default(),
        columns: Vec::new(),
        edges: BTreeMap::new(),
        numbers: BTreeMap::new(),
        biases: BTreeMap::new(),
        shared: false,
        frozen: false,
        left_out: 0,
    };
    let header = &facts.derivation.header;
    drawing.graph.title = phrases::picture_title(&header.name);
    let sizes = cells.things.iter().take(COLUMNS).map(|thing| (thing.name, thing.count));
    drawing.graph.description = phrases::picture_description(sizes, cells.things.len());
    for thing in 0..cells.things.len().min(COLUMNS) {
        drawing.column(thing);
    }
    drawing.beside();
    drawing.edges();
    drawing.biases();
    drawing.notes();
    drawing.graph
}

/// A column that is drawn.
#[derive(Default)]
struct Column {
    rank: usize,
    /// The node of each neuron that is drawn.
    nodes: HashMap<usize, usize>,
}

/// A picture under construction.
struct Drawing<'c, 'd> {
    facts: &'c Facts<'d>,
    names: &'c Names,
    options: &'c NetworkOptions,
    cells: &'c Cells<'d>,
    graph: Graph,
    columns: Vec<Column>,
    /// How a neuron reads another, by the nodes at the end and at the start.
    edges: BTreeMap<(usize, usize), Read>,
    /// The numbers of a matrix on its edges.
    numbers: BTreeMap<(usize, usize), Known>,
    /// The neurons that read a bias or a constant, and the column of the first.
    biases: BTreeMap<Given, Vec<usize>>,
    shared: bool,
    frozen: bool,
    /// Biases that are not drawn.
    left_out: usize,
}

/// How a neuron reads another: times weights, and without one.
#[derive(Clone, Default)]
struct Read {
    weights: Vec<EquationId>,
    plain: usize,
}

impl Read {
    fn add(&mut self, link: &Link) {
        match link.weight {
            None => self.plain += 1,
            Some(weight) if !self.weights.contains(&weight) => self.weights.push(weight),
            Some(_) => {}
        }
    }
}

/// Something that a neuron reads beside others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Given {
    Parameter(EquationId),
    Constant(u32),
}

impl Drawing<'_, '_> {
    /// The neurons of an input or layer, and what they read.
    fn column(&mut self, number: usize) {
        let Some(thing) = self.cells.things.get(number).cloned() else { return };
        let drawn = thing.drawn();
        let read: Vec<(Option<usize>, Reads)> = match (&thing.value, thing.is_input) {
            (_, true) => Vec::new(),
            (Value::Whole(id), false) => vec![(None, reads(self.facts, self.cells, *id))],
            (Value::Packed(ids), false) => {
                let of = |place: &usize| {
                    ids.get(*place).map(|id| (Some(*place), reads(self.facts, self.cells, *id)))
                };
                drawn.iter().filter_map(of).collect()
            }
        };
        let links = read.iter().flat_map(|(_, reads)| &reads.links);
        let after = links.filter_map(|link| self.columns.get(link.thing)).map(|column| column.rank + 1);
        let rank = after.max().unwrap_or(usize::from(!thing.is_input));
        let column = self.nodes(&thing, &drawn, rank);
        self.columns.push(column);
        self.title(number, &thing, &read);
        for (place, reads) in &read {
            self.read(number, *place, reads);
        }
    }

    fn nodes(&mut self, thing: &Thing<'_>, drawn: &[usize], rank: usize) -> Column {
        let mut column = Column { rank, nodes: HashMap::new() };
        let whole = match thing.value {
            Value::Whole(id) => Some(labels::name(&self.names.plain(self.facts.derivation, *id))),
            Value::Packed(_) => None,
        };
        let role = if thing.is_input { Role::Input } else { Role::Neuron };
        for (position, place) in drawn.iter().enumerate() {
            if position + 1 == drawn.len() && thing.left_out() > 0 {
                let rest = Node::new("⋮", NodeShape::Plain, Role::Rest).at(rank);
                self.graph.node(rest.line(phrases::more(thing.left_out()), Tone::Note));
            }
            let (id, element) = match thing.value {
                Value::Whole(id) => (*id, *place),
                Value::Packed(ids) => (ids.get(*place).copied().unwrap_or(EquationId(0)), 0),
            };
            let label = match (&whole, thing.count) {
                (Some(name), 1) => name.clone(),
                (Some(name), _) => labels::element(name, *place, false),
                (None, _) => labels::name(&self.names.plain(self.facts.derivation, id)),
            };
            let mut node = Node::new(label, NodeShape::Circle, role).at(rank);
            if let Some(value) = self.value(id, element) {
                node = node.line(labels::number(value, self.options.digits), Tone::Value);
            }
            column.nodes.insert(*place, self.graph.node(node));
        }
        column
    }

    /// Neurons of two vectors in one column say whose they are.
    fn beside(&mut self) {
        for (number, column) in self.columns.iter().enumerate() {
            let beside =
                self.columns.iter().enumerate().any(|(other, it)| other != number && it.rank == column.rank);
            let Some(thing) = self.cells.things.get(number).filter(|thing| beside && thing.count > 1) else {
                continue;
            };
            let Value::Whole(id) = thing.value else { continue };
            let name = labels::name(&self.names.plain(self.facts.derivation, *id));
            for (place, node) in &column.nodes {
                let line = self.graph.nodes.get_mut(*node).and_then(|node| node.lines.first_mut());
                if let Some((label, _)) = line {
                    *label = labels::element(&name, *place, true);
                }
            }
        }
    }

    /// A number of a value of the first sample, where numbers are asked for.
    fn value(&self, id: EquationId, element: usize) -> Option<Known> {
        let value = self.facts.numbers.filter(|_| self.options.values)?.value(id, 0)?;
        value.iter().nth(element)
    }

    fn title(&mut self, number: usize, thing: &Thing<'_>, read: &[(Option<usize>, Reads)]) {
        let mut title = vec![Label::from(thing.name).shortened(labels::LETTERS)];
        let function = if thing.is_input { String::new() } else { activation(self.facts, thing.value) };
        title.push(Label::from(phrases::column_size(thing.count, &function)).shortened(2 * labels::LETTERS));
        for (place, reads) in read {
            let vectors = reads
                .biases
                .iter()
                .filter(|id| place.is_none() || self.facts.derivation.shape(**id) != Shape::Scalar);
            let parameters: Vec<EquationId> = reads.matrices.iter().chain(vectors).copied().collect();
            for id in parameters.into_iter().take(LINES.saturating_sub(title.len())) {
                let line = self.array(id);
                if !title.contains(&line) {
                    title.push(line);
                }
            }
        }
        let members =
            self.columns.get(number).map(|column| column.nodes.values().copied().collect::<Vec<_>>());
        let mut members = members.unwrap_or_default();
        members.sort_unstable();
        self.graph.groups.push(Group { title, members });
    }

    /// The name and the sizes of a parameter.
    fn array(&mut self, id: EquationId) -> Label {
        let derivation = self.facts.derivation;
        let own = if let Op::Transpose(inner) = derivation.equation(id).op { inner } else { id };
        let mut name = labels::name(&self.names.plain(derivation, own));
        name = if own == id { name } else { name.sup("T") };
        let marks = self.marks(own);
        name.then(marks, Level::Base).join(&Label::from(match derivation.shape(id) {
            Shape::Scalar => String::new(),
            Shape::Vector(n) => format!(": {n}"),
            Shape::Matrix(rows, columns) => format!(": {rows} × {columns}"),
        }))
    }

    /// The name of a parameter and its marks.
    fn parameter(&mut self, id: EquationId) -> Label {
        let name = labels::name(&self.names.plain(self.facts.derivation, id));
        name.then(self.marks(id), Level::Base)
    }

    /// Whether a parameter is shared, and whether it is frozen.
    fn marks(&mut self, id: EquationId) -> &'static str {
        let parameter = self.facts.derivation.parameters.iter().find(|parameter| parameter.equation == id);
        let frozen = parameter.is_some_and(|parameter| parameter.frozen);
        let shared = match self.facts.derivation.shape(id) {
            Shape::Scalar => self.edges.values().filter(|read| read.weights.contains(&id)).count() > 1,
            Shape::Vector(_) | Shape::Matrix(..) => self.facts.uses_of(id).len() > 1,
        };
        self.shared |= shared;
        self.frozen |= frozen;
        match (shared, frozen) {
            (false, false) => "",
            (true, false) => "*",
            (false, true) => "†",
            (true, true) => "*†",
        }
    }

    /// Edges into the neurons of a column, or into one of them.
    fn read(&mut self, number: usize, place: Option<usize>, reads: &Reads) {
        let Some(column) = self.columns.get(number) else { return };
        let targets: Vec<(usize, usize)> = {
            let mut all: Vec<_> = column.nodes.iter().map(|(place, node)| (*place, *node)).collect();
            all.sort_unstable();
            all.into_iter().filter(|(own, _)| place.is_none_or(|place| place == *own)).collect()
        };
        for link in &reads.links {
            let Some(source) = self.columns.get(link.thing) else { continue };
            let mut sources: Vec<_> = source.nodes.iter().map(|(place, node)| (*place, *node)).collect();
            sources.sort_unstable();
            for (to, end) in &targets {
                // A neuron with an equation of its own is the first and only element of it.
                let to = if place.is_some() { 0 } else { *to };
                for (from, start) in &sources {
                    if link.joins(*from, to) {
                        self.edges.entry((*end, *start)).or_default().add(link);
                    }
                }
            }
        }
        if let ([matrix], None) = (reads.matrices.as_slice(), place) {
            self.matrix(number, *matrix, &reads.links);
        }
        let scalars = reads.biases.iter().filter(|id| self.facts.derivation.shape(**id) == Shape::Scalar);
        let parameters = scalars.filter(|_| place.is_some()).map(|id| Given::Parameter(*id));
        let constants = reads.constants.iter().filter(|_| place.is_some()).map(|id| Given::Constant(id.0));
        for given in parameters.chain(constants) {
            self.biases.entry(given).or_default().extend(targets.iter().map(|(_, node)| *node));
        }
    }

    /// The numbers of a small matrix on the edges of its product.
    fn matrix(&mut self, number: usize, matrix: EquationId, links: &[Link]) {
        let [link] = links else { return };
        let (Some(from), Some(to)) = (self.cells.things.get(link.thing), self.cells.things.get(number))
        else {
            return;
        };
        let Shape::Matrix(rows, columns) = self.facts.derivation.shape(matrix) else { return };
        if rows.saturating_mul(columns) > NUMBERS || link.from != From::All {
            return;
        }
        // x W has a row for each element of x, W x a column.
        let row_is_source = (rows, columns) == (from.count, to.count);
        if !row_is_source && (columns, rows) != (from.count, to.count) {
            return;
        }
        let product = self.facts.uses_of(matrix).first().map(|id| &self.facts.derivation.equation(*id).op);
        let row_is_source = match product {
            Some(Op::MatrixVector(..)) => false,
            _ => row_is_source,
        };
        let (Some(sources), Some(targets)) = (self.columns.get(link.thing), self.columns.get(number)) else {
            return;
        };
        let mut found = Vec::new();
        for (source, start) in &sources.nodes {
            for (target, end) in &targets.nodes {
                let (row, column) = if row_is_source { (source, target) } else { (target, source) };
                found.extend(self.value(matrix, row * columns + column).map(|value| ((*end, *start), value)));
            }
        }
        self.numbers.extend(found);
    }

    /// Adds all edges, in the order of the neurons that read.
    fn edges(&mut self) {
        for ((to, from), Read { weights, plain }) in self.edges.clone() {
            let mut edge = Edge::new(from, to);
            let mut label = Label::default();
            for weight in weights.iter().take(NAMES) {
                let name = self.parameter(*weight);
                let name = match self.value(*weight, 0) {
                    Some(value) => labels::equality(name, value, self.options.digits),
                    None => name,
                };
                let comma = if label.is_empty() { "" } else { ", " };
                label = label.then(comma, Level::Base).join(&name);
            }
            if weights.len() > NAMES {
                label = label.then(", …", Level::Base);
            }
            if let Some(number) = self.numbers.get(&(to, from)) {
                label = labels::number(*number, self.options.digits);
                edge = edge.text(label, Place::On, Tone::Value);
            } else if label.is_empty() {
                edge.line = Line::Thin;
            } else {
                edge = edge.text(label, Place::On, Tone::Name);
            }
            self.graph.edge(edge);
            // A skip connection from the column before: a second way beside the weighted one.
            if plain + usize::from(!weights.is_empty()) > 1 {
                self.graph.edge(Edge { line: Line::Thin, ..Edge::new(from, to) });
            }
        }
    }

    /// A bias of one neuron is under it; a bias of several, and a constant, is a node.
    fn biases(&mut self) {
        let mut under: BTreeMap<usize, usize> = BTreeMap::new();
        let mut nodes = 0;
        for (given, neurons) in std::mem::take(&mut self.biases) {
            if let [neuron] = neurons.as_slice() {
                let names = under.entry(*neuron).or_insert(0);
                *names += 1;
                match *names {
                    names if names <= NAMES => self.under(*neuron, given),
                    names if names == NAMES + 1 => self.caption(*neuron, &Label::from("…")),
                    _ => {}
                }
                continue;
            }
            nodes += 1;
            if nodes > BIASES {
                self.left_out += 1;
                continue;
            }
            let role = match given {
                Given::Parameter(_) => Role::Parameter,
                Given::Constant(_) => Role::Constant,
            };
            let ranks = neurons.iter().filter_map(|node| self.graph.nodes.get(*node)?.rank);
            let rank = ranks.min().unwrap_or(1).saturating_sub(1);
            let label = self.given(given);
            let from = self.graph.node(Node::new(label, NodeShape::Hexagon, role).at(rank));
            for to in neurons {
                self.graph.edge(Edge { line: Line::Dashed, ..Edge::new(from, to) });
            }
        }
    }

    fn under(&mut self, neuron: usize, given: Given) {
        let label = self.given(given);
        self.caption(neuron, &label);
    }

    fn caption(&mut self, neuron: usize, label: &Label) {
        let Some(node) = self.graph.nodes.get_mut(neuron) else { return };
        let before = match node.caption.take() {
            None => Label::from("+ "),
            Some(before) => before.then(", ", Level::Base),
        };
        node.caption = Some(before.join(label));
    }

    fn given(&mut self, given: Given) -> Label {
        let digits = self.options.digits;
        match given {
            Given::Parameter(id) => {
                let name = self.parameter(id);
                match self.value(id, 0) {
                    Some(value) => labels::equality(name, value, digits),
                    None => name,
                }
            }
            Given::Constant(id) => {
                let name = labels::name(&self.names.constant(ConstantId(id)));
                let value = self.facts.derivation.header.constants.get(id as usize);
                match value.filter(|_| self.options.values) {
                    Some((_, value)) => labels::equality(name, Known::from(*value), digits),
                    None => name,
                }
            }
        }
    }

    fn notes(&mut self) {
        let left_out = self.cells.things.len().saturating_sub(COLUMNS);
        let mut notes = Vec::new();
        notes.extend((left_out > 0).then(|| phrases::layers_left_out(left_out)));
        notes.extend((self.left_out > 0).then(|| phrases::biases_left_out(self.left_out)));
        notes.extend(self.shared.then(|| phrases::SHARED.to_owned()));
        notes.extend(self.frozen.then(|| phrases::FROZEN.to_owned()));
        let samples =
            self.facts.numbers.filter(|_| self.options.values).map_or(1, |numbers| numbers.samples());
        notes.extend((samples > 1).then(|| phrases::FIRST_SAMPLE.to_owned()));
        self.graph.notes = notes.into_iter().map(Label::from).collect();
    }
}
