//! The plan of a pipeline, for a person to read.

use lionpride_concurrency::{Limiter, pipeline};

static DB: Limiter = Limiter::new("db", 2);

fn next(n: u32) -> u32 {
    n + 1
}

async fn later(n: u32) -> u32 {
    n
}

#[test]
fn thirty_stages_stay_aligned() {
    let p = pipeline!(
        next,
        later,
        |n| n + 2,
        inline(next),
        on(DB, next),
        next,
        next,
        later,
        inline(|n| n),
        later,
        next,
        blocking(next),
        later,
        next,
        later,
        next,
        later,
        next,
        later,
        next,
        later,
        next,
        later,
        next,
        later,
        next,
        later,
        pipeline!(next, later, next),
        later,
        next,
    );
    let plan = p.to_string();
    let lines: Vec<&str> = plan.lines().collect();
    assert_eq!(lines.len(), 30);
    assert_eq!(lines[0], " 1. next                          sync    hop 1");
    assert_eq!(lines[8], " 9. inline(|n| n)                 inline  in place");
    assert_eq!(lines[9], "10. later                         async   in place");
    assert_eq!(lines[27], "28. pipeline!(next, later, next)  async   hops 13 to 14");
    assert_eq!(lines[29], "30. next                          sync    hop 15");
    assert_eq!(p.hops(), 15);
    for line in lines {
        assert_eq!((&line[2..4], &line[32..34]), (". ", "  "), "{line}");
        assert!(["sync    ", "async   ", "inline  "].contains(&&line[34..42]), "{line}");
    }
}

#[test]
fn a_flowchart_has_a_box_for_each_hop() {
    let inner = pipeline!(next, later, next);
    let p = pipeline!(
        next,
        inline(|n: u32| format!("<{n}>\n")),
        |text| async move { text.len() },
        |_| 1,
        on(DB, next),
        inner,
        inline(next),
    );
    assert_eq!(
        p.to_mermaid(),
        r#"flowchart TD
    subgraph hop1["hop 1"]
        s1["next"]
        s2("inline(|n: u32| format#33;(#34;#60;#123;n#125;#62;#92;n#34;))")
    end
    s3(["|text| async move #123; text.len() #125;"])
    subgraph hop2["hop 2"]
        s4["|_| 1"]
    end
    subgraph hop3["hop 3"]
        s5["on(DB, next)"]
    end
    s6(["inner<br>hops 4 to 5"])
    subgraph hop5["hop 5"]
        s7("inline(next)")
    end
    s1 --> s2 --> s3 --> s4 --> s5 --> s6 --> s7"#
    );
}
