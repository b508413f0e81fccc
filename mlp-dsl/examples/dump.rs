fn main() {
    let text = std::fs::read_to_string(std::env::args().nth(1).unwrap()).unwrap();
    match mlp_dsl::compile(&text) {
        Ok(d) => {
            println!("verify {:?}", mlp_dsl::ir::verify::verify(&d));
            let p = mlp_dsl::referee::Point::declared(&d)
                .unwrap_or_else(|_| mlp_dsl::referee::Point::drawn(&d, 1, false));
            let e = mlp_dsl::referee::evaluate::<f64>(&d, &p);
            for (id, q) in d.numbered() {
                let v = e.value(id).map(|v| v.iter().take(3).collect::<Vec<_>>());
                println!("{:3} {:?} {:20} {:?} {:?} {:?}", id.0, q.scope, d.name_of(id), q.shape, v, q.op);
            }
            println!("{:?}", mlp_dsl::referee::check_gradients(&d, &p));
        }
        Err(e) => {
            for d in e {
                println!("{d:#?}")
            }
        }
    }
}
