//! The objects of the data, with the names that they have in it.

use serde::Serialize;

use super::Value;

#[derive(Serialize)]
pub(super) struct Data {
    #[serde(rename = "$schema")]
    pub(super) schema: &'static str,
    pub(super) version: u32,
    pub(super) network: String,
    pub(super) title: String,
    pub(super) author: Option<String>,
    pub(super) marks: Option<f64>,
    pub(super) question: Vec<String>,
    pub(super) remarks: Vec<String>,
    pub(super) specification: SpecificationObject,
    pub(super) options: OptionsObject,
    pub(super) samples: Option<usize>,
    pub(super) given: Vec<GivenObject>,
    pub(super) given_left_out: usize,
    pub(super) steps: Vec<StepObject>,
    pub(super) preface: Vec<Block>,
    pub(super) sections: Vec<SectionObject>,
}

#[derive(Serialize)]
pub(super) struct SpecificationObject {
    pub(super) file: Option<String>,
    pub(super) fingerprint: String,
    pub(super) layout: String,
}

#[derive(Serialize)]
pub(super) struct OptionsObject {
    pub(super) digits: usize,
    pub(super) round_each: Option<usize>,
    pub(super) batch: Option<usize>,
    pub(super) sample: Option<usize>,
    pub(super) detail: &'static str,
    pub(super) steps: usize,
    pub(super) form: &'static str,
    pub(super) only: Vec<String>,
    pub(super) focus: Vec<String>,
    pub(super) sections: Vec<&'static str>,
}

#[derive(Serialize)]
pub(super) struct Symbol {
    pub(super) latex: String,
    pub(super) text: String,
}

#[derive(Serialize)]
pub(super) struct TextPlace {
    pub(super) line: usize,
    pub(super) column: usize,
    pub(super) length: usize,
}

#[derive(Serialize)]
pub(super) struct GivenObject {
    pub(super) id: String,
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) symbol: Option<Symbol>,
    pub(super) value: Option<Value>,
    pub(super) place: Option<TextPlace>,
}

#[derive(Serialize)]
pub(super) struct StepObject {
    pub(super) id: String,
    pub(super) section: String,
    pub(super) subject: Vec<String>,
    pub(super) symbol: Option<Symbol>,
    pub(super) formula: Option<String>,
    pub(super) numbers: Option<String>,
    pub(super) value: Option<Value>,
    pub(super) shape: Vec<usize>,
    pub(super) each_sample: bool,
    pub(super) operands: Vec<OperandObject>,
    pub(super) reason: &'static str,
    pub(super) sides: Vec<SideObject>,
    pub(super) place: Option<TextPlace>,
}

#[derive(Serialize)]
pub(super) struct OperandObject {
    pub(super) id: Option<String>,
    pub(super) symbol: Symbol,
    pub(super) value: Option<Value>,
}

#[derive(Serialize)]
pub(super) struct SideObject {
    pub(super) relation: Option<&'static str>,
    pub(super) form: &'static str,
    pub(super) latex: String,
}

#[derive(Serialize)]
pub(super) struct SectionObject {
    pub(super) id: &'static str,
    pub(super) number: usize,
    pub(super) heading: String,
    pub(super) blocks: Vec<Block>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub(super) enum Block {
    Heading {
        text: String,
    },
    Code {
        text: String,
    },
    Paragraph {
        pieces: Vec<PieceObject>,
    },
    Lines {
        steps: Vec<String>,
    },
    Table {
        columns: Vec<ColumnObject>,
        rows: Vec<Vec<Vec<PieceObject>>>,
    },
    Picture {
        kind: &'static str,
        title: String,
        description: String,
        nodes: Vec<NodeObject>,
        edges: Vec<EdgeObject>,
        groups: Vec<Group>,
        notes: Vec<String>,
    },
}

/// A piece of running text: an object with one entry.
#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum PieceObject {
    Text(String),
    Code(String),
    Math(String),
    Step(String),
}

#[derive(Serialize)]
pub(super) struct ColumnObject {
    pub(super) title: String,
    pub(super) number: bool,
}

#[derive(Serialize)]
pub(super) struct NodeObject {
    pub(super) lines: Vec<String>,
    pub(super) caption: Option<String>,
    pub(super) role: &'static str,
}

#[derive(Serialize)]
pub(super) struct EdgeObject {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) texts: Vec<String>,
    pub(super) line: &'static str,
}

#[derive(Serialize)]
pub(super) struct Group {
    pub(super) title: String,
    pub(super) nodes: Vec<usize>,
}
