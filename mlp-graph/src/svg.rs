//! Scenes as SVG: text that a browser can't widen, colours for light, dark and print.

use std::fmt::Write;

use crate::{
    geometry::{Path, Piece, Point, Rect},
    graph::{Emphasis, Line, NodeShape, Role, Tone},
    label::{LOWERED, Level, RAISED, SMALL},
    scene::{Owner, PlacedEdge, PlacedNode, PlacedText, Scene},
};

/// The style of all pictures; a page may have several.
const STYLE: &str = include_str!("style.css");

/// A picture as SVG, for a file of its own or inside a page. `id` is different for each picture of a page: letters,
/// digits and `-`.
pub fn svg(scene: &Scene, id: &str) -> String {
    let (width, height) = (number(scene.width.ceil()), number(scene.height.ceil()));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"mlp-graph\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{id}-title {id}-desc\">\n\
         <title id=\"{id}-title\">{}</title>\n<desc id=\"{id}-desc\">{}</desc>\n<style>\n{STYLE}</style>\n\
         <rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n",
        escape(&scene.title),
        escape(&scene.description),
    );
    for frame in &scene.frames {
        let _ = writeln!(out, "<rect class=\"frame\" {} rx=\"8\"/>", place(frame));
    }
    scene.edges.iter().for_each(|it| edge(it, &mut out));
    scene.nodes.iter().for_each(|it| node(it, &mut out));
    scene.texts.iter().for_each(|it| text(it, &mut out));
    out.push_str("</svg>\n");
    out
}

fn edge(edge: &PlacedEdge, out: &mut String) {
    let class = match edge.line {
        Line::Arrow => "edge",
        Line::Dashed => "edge dashed",
        Line::Thin => "edge thin",
    };
    let emphasis = emphasis(edge.emphasis);
    let _ = writeln!(
        out,
        "<path class=\"{class}{emphasis}\" data-from=\"{}\" data-to=\"{}\" data-edge=\"{}\" d=\"{}\"/>",
        edge.from,
        edge.to,
        edge.edge,
        way(&edge.path)
    );
    if edge.line != Line::Thin
        && let Some(head) = head(&edge.path)
    {
        let corner = |point: &Point| format!("{},{}", number(point.x), number(point.y));
        let corners: Vec<String> = head.iter().map(corner).collect();
        let _ = writeln!(out, "<polygon class=\"head{emphasis}\" points=\"{}\"/>", corners.join(" "));
    }
}

/// The corners of the arrow head at the end of a path.
fn head(path: &Path) -> Option<[Point; 3]> {
    let (from, to) = path.lines().into_iter().rev().find(|(a, b)| a.distance(*b) > 0.01)?;
    let length = from.distance(to);
    let (x, y) = ((to.x - from.x) / length, (to.y - from.y) / length);
    let back = Point::new(to.x - 8.0 * x, to.y - 8.0 * y);
    let side = |by: f64| Point::new(back.x - by * y, back.y + by * x);
    Some([to, side(3.2), side(-3.2)])
}

fn way(path: &Path) -> String {
    let point = |point: Point| format!("{} {}", number(point.x), number(point.y));
    let mut way = format!("M{}", point(path.start));
    for piece in &path.pieces {
        way.push_str(&match *piece {
            Piece::Line(end) => format!("L{}", point(end)),
            Piece::Curve(a, b, end) => format!("C{} {} {}", point(a), point(b), point(end)),
        });
    }
    way
}

fn node(node: &PlacedNode, out: &mut String) {
    let role = match node.role {
        Role::Input => "input",
        Role::Neuron => "neuron",
        Role::Parameter => "parameter",
        Role::Constant => "constant",
        Role::Gate => "gate",
        Role::Loss => "loss",
        Role::Rest => "rest",
    };
    let class = format!("class=\"node {role}{}\" data-node=\"{}\"", emphasis(node.emphasis), node.node);
    let bounds = &node.bounds;
    let _ = match node.shape {
        NodeShape::Circle => {
            let (center, rx, ry) = (bounds.center(), bounds.width / 2.0, bounds.height / 2.0);
            let [x, y, rx, ry] = [center.x, center.y, rx, ry].map(number);
            writeln!(out, "<ellipse {class} cx=\"{x}\" cy=\"{y}\" rx=\"{rx}\" ry=\"{ry}\"/>")
        }
        NodeShape::Box => writeln!(out, "<rect {class} {} rx=\"4\"/>", place(bounds)),
        NodeShape::Pill => {
            writeln!(out, "<rect {class} {} rx=\"{}\"/>", place(bounds), number(bounds.height / 2.0))
        }
        NodeShape::Hexagon => {
            let (tip, middle) = (bounds.height / 4.0, bounds.center().y);
            let corners = [
                (bounds.x, middle),
                (bounds.x + tip, bounds.y),
                (bounds.right() - tip, bounds.y),
                (bounds.right(), middle),
                (bounds.right() - tip, bounds.bottom()),
                (bounds.x + tip, bounds.bottom()),
            ];
            let corners = corners.map(|(x, y)| format!("{},{}", number(x), number(y)));
            writeln!(out, "<polygon {class} points=\"{}\"/>", corners.join(" "))
        }
        NodeShape::Plain => Ok(()),
    };
}

fn text(text: &PlacedText, out: &mut String) {
    if text.label.is_empty() {
        return;
    }
    let (class, owner) = (tone(text.tone), owner(text.owner));
    let emphasis = emphasis(text.emphasis);
    if matches!(text.owner, Owner::Edge(_)) {
        let _ = writeln!(out, "<rect class=\"paper\" {}/>", place(&text.bounds));
    }
    let extent = text.label.extent(text.size);
    let (x, y) = (text.bounds.center().x, text.bounds.y + text.label.ascent(text.size));
    let _ = write!(
        out,
        "<text class=\"{class}{emphasis}\" {owner} x=\"{}\" y=\"{}\" font-size=\"{}\" textLength=\"{}\" \
         lengthAdjust=\"spacingAndGlyphs\">",
        number(x),
        number(y),
        number(text.size),
        number(extent.width),
    );
    let mut risen = 0.0;
    for run in &text.label.runs {
        let (level, size) = match run.level {
            Level::Base => (0.0, 1.0),
            Level::Sub => (LOWERED, SMALL),
            Level::Super => (-RAISED, SMALL),
        };
        let words = escape(&run.text);
        if level == risen && run.level == Level::Base {
            out.push_str(&words);
        } else {
            let (by, size) = (number((level - risen) * text.size), number(size * text.size));
            let _ = write!(out, "<tspan dy=\"{by}\" font-size=\"{size}\">{words}</tspan>");
        }
        risen = level;
    }
    out.push_str("</text>\n");
}

fn tone(tone: Tone) -> &'static str {
    match tone {
        Tone::Name => "name",
        Tone::Value => "value",
        Tone::Gradient => "gradient",
        Tone::Title => "title",
        Tone::Note => "note",
    }
}

/// Whose a text is, for whoever measures it.
fn owner(owner: Owner) -> String {
    match owner {
        Owner::Node(node) => format!("data-node=\"{node}\""),
        Owner::Caption(node) => format!("data-caption=\"{node}\""),
        Owner::Edge(edge) => format!("data-edge=\"{edge}\""),
        Owner::Group(group) => format!("data-group=\"{group}\""),
        Owner::Picture => "data-picture=\"\"".to_owned(),
    }
}

fn emphasis(emphasis: Emphasis) -> &'static str {
    match emphasis {
        Emphasis::Normal => "",
        Emphasis::Strong => " strong",
        Emphasis::Faint => " faint",
    }
}

fn place(rect: &Rect) -> String {
    let [x, y, width, height] = [rect.x, rect.y, rect.width, rect.height].map(number);
    format!("x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"")
}

/// A number with at most two decimals.
fn number(number: f64) -> String {
    let text = format!("{number:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// Text of XML: its markup characters as entities, without characters that XML forbids.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\t' | '\n' | '\r' => safe.push(' '),
            '\u{fffe}' | '\u{ffff}' => safe.push('\u{fffd}'),
            letter if letter.is_control() => safe.push('\u{fffd}'),
            letter => safe.push(letter),
        }
    }
    safe
}
