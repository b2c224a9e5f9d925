/// Where a page will be found, which decides how it links to the others.
package enum Site: Hashable, Sendable {
    /// `/`, `/users/NAME?…`, `/assets/…`: filters and page numbers are queries.
    case served
    /// `index.html`, `users/NAME.html`, `users/NAME.2.html`, `assets/…`: relative links, no queries.
    case exported
}
