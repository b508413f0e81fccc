//! Pictures of graphs: nothing overlaps, whatever the graph.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use mlp_graph::{Edge, Graph, Label, Node, NodeShape, Place, Role, Tone, columns::columns, svg};

/// Columns of these sizes, each node with an edge from each of the column before it.
fn full(sizes: &[usize]) -> Graph {
    let mut graph = Graph { title: "full".into(), description: "columns".into(), ..Graph::default() };
    let mut last: Vec<usize> = Vec::new();
    let mut weight = 0;
    for (rank, size) in sizes.iter().enumerate() {
        let role = if rank == 0 { Role::Input } else { Role::Neuron };
        let node = |number: usize| {
            let name = Label::from("h").sub(&format!("{number}"));
            Node::new(name, NodeShape::Circle, role).at(rank)
        };
        let column: Vec<usize> = (1..=*size).map(|number| graph.node(node(number))).collect();
        for to in &column {
            for from in &last {
                weight += 1;
                let name = Label::from("w").sub(&format!("{weight}"));
                graph.edge(Edge::new(*from, *to).text(name, Place::On, Tone::Name));
            }
        }
        last = column;
    }
    graph
}

#[test]
fn columns_have_no_faults() {
    for sizes in
        [&[2, 2, 2][..], &[1], &[1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], &[4, 4, 3, 2], &[5, 5], &[2, 6, 2]]
    {
        let scene = columns(&full(sizes));
        assert_eq!(scene.faults(), [], "{sizes:?}");
        let text = svg(&scene, "full");
        assert!(text.contains("textLength"));
        if let Some(folder) = std::env::var_os("MLP_PICTURES") {
            let name = sizes.iter().map(ToString::to_string).collect::<Vec<_>>().join("-");
            std::fs::write(std::path::Path::new(&folder).join(format!("{name}.svg")), text).unwrap();
        }
    }
}

#[test]
fn skips_run_around() {
    let mut graph = full(&[2, 3, 2]);
    graph.edge(Edge::new(0, 5).text("s1", Place::On, Tone::Name));
    graph.edge(Edge::new(1, 6).text("s2", Place::On, Tone::Name));
    let scene = columns(&graph);
    assert_eq!(scene.faults(), []);
    if let Some(folder) = std::env::var_os("MLP_PICTURES") {
        std::fs::write(std::path::Path::new(&folder).join("skip.svg"), svg(&scene, "skip")).unwrap();
    }
}
