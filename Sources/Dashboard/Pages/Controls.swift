/// One way to narrow a list, with how much would be left.
struct Choice<Filter: QueryOption> {
    let title: String
    let count: Int
    let filter: Filter

    init(_ title: String, _ count: Int, filter: Filter) {
        self.title = title
        self.count = count
        self.filter = filter
    }
}

/// Filters as links and a search as a form: both work without a script, and can be kept as a bookmark.
struct Controls<Filter: QueryOption, Sort: QueryOption> {
    let label: String
    let choices: [Choice<Filter>]
    let query: Query<Filter, Sort>
    /// Where the form is sent.
    let action: String
    let link: (Query<Filter, Sort>) -> String

    var html: HTML {
        let items = choices.map { choice -> HTML in
            let current: HTML? = choice.filter == query.filter ? " aria-current=\"true\"" : nil
            return """
                <li><a href="\(link(query.with { $0.filter = choice.filter }))"\(current)>\(choice.title) \
                <span class="number">\(choice.count)</span></a></li>
                """
        }
        return """
            <div class="controls">
            <nav aria-label="Filter: \(label)"><ul class="filters">\(items)</ul></nav>
            <form class="search" role="search" aria-label="\(label)" action="\(action)" method="get">\(kept)\
            <label class="unseen" for="search">Name contains</label>\
            <input id="search" type="search" name="search" value="\(query.search)" maxlength="64" placeholder="Name contains…" \
            autocomplete="off" spellcheck="false"><button type="submit">Search</button></form>
            </div>
            """
    }

    /// A form sends nothing but its own fields.
    private var kept: HTML {
        let filter: HTML? =
            query.filter == .standard
            ? nil : "<input type=\"hidden\" name=\"show\" value=\"\(query.filter.rawValue)\">"
        let sort: HTML? =
            query.sort == .standard
            ? nil : "<input type=\"hidden\" name=\"sort\" value=\"\(query.sort.rawValue)\">"
        return "\(filter)\(sort)"
    }
}

/// A column's title, which leads to the list in its order.
struct SortHeader<Filter: QueryOption, Sort: QueryOption> {
    let title: String
    let order: Sort
    let query: Query<Filter, Sort>
    let isLink: Bool
    let link: (Query<Filter, Sort>) -> String

    var html: HTML {
        guard isLink else { return "<th scope=\"col\">\(title)</th>" }
        let sorted: HTML? = query.sort == order ? " aria-sort=\"ascending\"" : nil
        return """
            <th scope="col"\(sorted)><a href="\(link(query.with { $0.sort = order }))">\(title)</a></th>
            """
    }
}

/// Links to the neighbouring pages of a long list.
struct Pager {
    let page: Int
    let pages: Int
    let what: String
    let link: (Int) -> String

    var html: HTML? {
        guard pages > 1 else { return nil }
        let back: HTML? = page > 1 ? "<a rel=\"prev\" href=\"\(link(page - 1))\">Previous</a>" : nil
        let on: HTML? = page < pages ? "<a rel=\"next\" href=\"\(link(page + 1))\">Next</a>" : nil
        return """
            <nav class="pager" aria-label="Pages of \(what)">\(back)<span>Page \(page) of \(pages)</span>\(on)</nav>
            """
    }
}
