//! The job as a Worker written in Rust alone, with the crate `worker`: guards and answers in `http`, the text in `text`.

mod http;
mod text;

use http::{Refusal, answer, read, refuse};
use worker::js_sys::Reflect;
use worker::{Context, Env, Method, Request, Response, Result, event};

#[event(fetch)]
async fn fetch(mut request: Request, env: Env, _context: Context) -> Result<Response> {
    match respond(&mut request, &env).await {
        Ok(response) => Ok(response),
        Err(refusal) => refuse(&refusal),
    }
}

async fn respond(request: &mut Request, env: &Env) -> Result<Response, Refusal> {
    if request.path() != "/" {
        return Err(Refusal::NotFound);
    }
    if request.method() != Method::Post {
        return Err(Refusal::MethodNotAllowed);
    }
    http::require_json(request)?;
    let body = read(request, limit(env)?).await?;
    answer(&text::process(&body)?)
}

/// The longest request body, in bytes. `Env` itself reads strings and objects only.
fn limit(env: &Env) -> Result<u64> {
    let limit = Reflect::get(env, &"MAX_BODY_BYTES".into())?.as_f64();
    limit
        .map(|limit| limit as u64)
        .ok_or_else(|| "the variable MAX_BODY_BYTES: expected a number".into())
}
