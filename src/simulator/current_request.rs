//! Which request is being answered, for those deep inside who have to name it.

use std::future::Future;

tokio::task_local! {
    static LINE: String;
}

/// Answers a request, known by its method and path.
pub(in crate::simulator) async fn within<F: Future>(line: String, answer: F) -> F::Output {
    LINE.scope(line, answer).await
}

/// Method and path of the request under way; none outside of one.
pub(in crate::simulator) fn line() -> Option<String> {
    LINE.try_with(Clone::clone).ok()
}
