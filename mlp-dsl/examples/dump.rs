fn main() {
    let text = std::fs::read_to_string(std::env::args().nth(1).unwrap()).unwrap();
    match mlp_dsl::compile(&text) {
        Ok(d) => {
            println!("{:?}", mlp_dsl::plan::verify(&d, &mlp_dsl::plan::plan(&d)));
            println!("{}", mlp_dsl::backend::rust::emit(&d, &Default::default()));
        }
        Err(e) => {
            for d in e {
                println!("{d:#?}")
            }
        }
    }
}
