//! Behaviour tests of `lionpride-concurrency`, seen from outside: one binary, a module per topic.
