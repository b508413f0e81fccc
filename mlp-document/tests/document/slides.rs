//! The graph slides of the course beside the picture: each number that they print is at its place, as the errata correct it.

use mlp_document::pictures::computation::{Settings, picture};
use mlp_eval::{Point, evaluate};
use mlp_graph::{Graph, Node, Tone};

use super::{compiled, networks::EXAMPLES};

const PRINTED: &str = include_str!("../../../tests/course/printed.csv");

/// The picture, and what it says where.
struct Page {
    graph: Graph,
}

impl Page {
    fn names(node: &Node) -> Vec<String> {
        node.lines.iter().map(|(label, _)| label.plain().split(" =").next().unwrap().to_owned()).collect()
    }

    fn node(&self, name: &str) -> usize {
        let named = |node: &Node| Page::names(node).iter().any(|own| own == name);
        self.graph.nodes.iter().position(named).unwrap_or_else(|| panic!("no node is called {name}"))
    }

    /// What a line of a node says after `start`.
    fn line(&self, name: &str, start: &str) -> String {
        let lines = &self.graph.nodes[self.node(name)].lines;
        let found = lines.iter().find_map(|(label, _)| label.plain().strip_prefix(start).map(str::to_owned));
        found.unwrap_or_else(|| panic!("{name} has no line {start}"))
    }

    fn text(&self, edge: usize, tone: Tone) -> String {
        let texts = &self.graph.edges[edge].texts;
        texts.iter().find(|text| text.tone == tone).unwrap().label.plain()
    }

    /// The edge that leaves a node.
    fn from(&self, name: &str) -> usize {
        let node = self.node(name);
        self.graph.edges.iter().position(|edge| edge.from == node).unwrap()
    }

    fn tagged(&self, tag: &str) -> usize {
        let has = |texts: &[mlp_graph::EdgeText]| texts.iter().any(|text| text.label.plain() == tag);
        self.graph.edges.iter().position(|edge| has(&edge.texts)).unwrap()
    }

    /// The edge from a neuron into the product that leads on as this one.
    fn entering_product(&self, name: &str, tag: &str) -> usize {
        let (node, product) = (self.node(name), self.graph.edges[self.tagged(tag)].from);
        self.graph.edges.iter().position(|edge| edge.from == node && edge.to == product).unwrap()
    }

    /// The number that the picture has for a quantity, in the naming of the errata.
    fn number(&self, place: &str, symbol: &str, name: &str) -> String {
        let (value, gradient) = (Tone::Value, Tone::Gradient);
        if name.starts_with("delta_") {
            // The slides write the numbers of the wires; where they print d1 for d11, row 13 says so.
            let number =
                symbol.split("grad d").filter_map(|rest| rest.split(' ').next()?.parse::<u32>().ok()).last();
            let tag = match (number, name) {
                (Some(1), "delta_h1") => "d11".to_owned(),
                (Some(number), _) => format!("d{number}"),
                (None, "delta_o1") => "d1".to_owned(),
                (None, "delta_o2") => "d6".to_owned(),
                (None, other) => panic!("{place}, {symbol}: {other}"),
            };
            return self.text(self.tagged(&tag), gradient);
        }
        match name {
            "rate" => {
                let notes = self.graph.notes.iter().map(|note| note.plain());
                let found = notes
                    .filter_map(|note| Some(note.split_once("rate = ")?.1.trim_end_matches('.').to_owned()))
                    .next();
                found.unwrap()
            }
            "E" => self.line("E", "E = "),
            "d_E" => self.line("E", "grad "),
            "h1" | "h2" => self.line(name, &format!("{name} = ")),
            "d_h1" => self.line("h1", "grad "),
            "path_h1_o1" => self.text(self.entering_product("h1", "d4"), gradient),
            "path_h1_o2" => self.text(self.entering_product("h1", "d9"), gradient),
            _ => match (name.strip_prefix("d_"), name.strip_prefix("grad_"), name.strip_suffix("_plus")) {
                (Some(of), _, _) | (_, Some(of), _) => self.text(self.from(of), gradient),
                (_, _, Some(of)) => self.line(of, &format!("{of}^+ = ")),
                _ => self.text(self.from(name), value),
            },
        }
    }
}

/// The right value of a quantity, from the equations.
fn right(of: &dyn Fn(&str) -> Option<f64>, name: &str) -> f64 {
    match name {
        "d_E" | "d_E_o1" | "d_E_o2" => 1.0,
        "path_h1_o1" => of("delta_o1").unwrap() * of("w5").unwrap(),
        "path_h1_o2" => of("delta_o2").unwrap() * of("w7").unwrap(),
        _ => match name.strip_prefix("grad_") {
            Some(parameter) => of(&format!("d_{parameter}")).unwrap(),
            None => of(name).unwrap_or_else(|| panic!("no value {name}")),
        },
    }
}

fn decimals(number: &str) -> usize {
    number.split_once('.').map_or(0, |(_, decimals)| decimals.len())
}

#[test]
fn each_number_of_the_graph_slides_is_at_its_place() {
    let derivation = compiled("exercise", EXAMPLES[0].1);
    let evaluation = evaluate::<f64>(&derivation, &Point::declared(&derivation).unwrap());
    let find = |name: &str| {
        let id = derivation.numbered().map(|(id, _)| id).find(|id| derivation.name_of(*id) == name)?;
        Some(evaluation.scalar(id))
    };
    let page = Page { graph: picture(&derivation, &Settings::default()).unwrap().graph };
    let rows: Vec<Vec<&str>> = PRINTED
        .lines()
        .filter(|line| line.starts_with("graph slides: "))
        .map(|line| line.split(',').collect())
        .collect();
    assert_eq!(rows.len(), 112, "numbers of the graph slides");
    for row in rows {
        let [place, symbol, printed, name, verdict, _] = row[..] else { panic!("{row:?}") };
        let shown = page.number(place, symbol, name).replace('−', "-");
        let (right, number): (f64, f64) = (right(&find, name), shown.parse().unwrap());
        let unit = 0.1_f64.powi(decimals(&shown) as i32);
        assert!((number - right).abs() <= 0.5001 * unit, "{place}, {symbol}: {shown} is not {right}");
        // Where the slide is right, both have the same digits, as far as both go.
        let common = decimals(&shown).min(decimals(printed));
        let cut = |text: &str| format!("{:.common$}", text.parse::<f64>().unwrap());
        if verdict == "right" {
            assert_eq!(cut(&shown), cut(printed), "{place}, {symbol}");
        }
    }
}
