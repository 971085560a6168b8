/// x
#[macro_export]
macro_rules! callable {
    ($($function:tt)*) => {
        $crate::__private::callable!(crate = $crate, $($function)*)
    };
}

/// x
#[macro_export]
macro_rules! is_async {
    ($($function:tt)*) => {
        $crate::__private::is_async!(crate = $crate, $($function)*)
    };
}
/// x
#[macro_export]
macro_rules! pipeline {
    ($($stages:tt)*) => {
        $crate::__private::pipeline!(crate = $crate, $($stages)*)
    };
}
