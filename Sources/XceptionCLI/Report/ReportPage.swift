/// The report's page around its data. Cards are made as they are scrolled to, and text only ever
/// becomes text: names are data.
enum ReportPage {
    /// What tells a report from other pages.
    static let beginning = #"""
        <!doctype html>
        <html lang="en">
        <meta name="generator" content="xception">

        """#

    static let start = beginning + #"""
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
        <title>xception</title>
        <link rel="icon" href="data:,">
        <style>
        :root { color-scheme: light dark; --back: #f6f6f4; --card: #fff; --text: #1c1c1a; --dim: #6b6b66; --line: #dededa; --bar: #2f7d5b; --bad: #b3261e }
        @media (prefers-color-scheme: dark) { :root { --back: #161615; --card: #222220; --text: #ecece8; --dim: #9c9c95; --line: #3a3a37; --bar: #5cb58c; --bad: #f2877f } }
        * { box-sizing: border-box }
        body { margin: 0 auto; max-width: 1400px; padding: 1.5rem; background: var(--back); color: var(--text); font: 15px/1.45 system-ui, sans-serif }
        h1 { margin: 0; font-size: 1.5rem } h2 { margin: 1.5rem 0 .5rem; font-size: 1.05rem }
        .dim { color: var(--dim) }
        #bars { display: grid; grid-template-columns: repeat(auto-fill, minmax(20rem, 1fr)); gap: .1rem 1.5rem }
        #bars button { display: grid; grid-template-columns: 11rem 1fr 3rem; gap: .6rem; align-items: center; padding: .15rem .3rem; border: 0; border-radius: 4px; background: none; color: inherit; font: inherit; text-align: left; cursor: pointer }
        #bars button:hover, #bars button[aria-pressed=true] { background: var(--line) }
        #bars span:first-child { overflow: hidden; white-space: nowrap; text-overflow: ellipsis } #bars span:last-child { text-align: right }
        .bar { height: .6rem; border-radius: 2px; background: var(--bar) }
        form { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; margin: 1rem 0; padding: .6rem 0; background: var(--back) }
        input, select { max-width: 100%; padding: .4rem .6rem; border: 1px solid var(--line); border-radius: 6px; background: var(--card); color: inherit; font: inherit }
        input { flex: 1 1 14rem } select { flex: 0 1 14rem; min-width: 0 }
        #cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 1rem }
        .card { overflow: hidden; border: 1px solid var(--line); border-radius: 8px; background: var(--card); content-visibility: auto; contain-intrinsic-size: auto 20rem }
        .card img, .card .none { display: block; width: 100%; height: 9rem; object-fit: contain; background: var(--line) }
        .card .path { display: flex; padding: .4rem .6rem 0; white-space: pre; font-size: 13px }
        .card .path span { flex: 0 1 auto; overflow: hidden; text-overflow: ellipsis } .card .path span:last-child { flex-shrink: 0; max-width: 100% }
        .card ol { margin: 0; padding: .3rem .6rem .6rem; list-style: none }
        .card li { position: relative; isolation: isolate; display: flex; justify-content: space-between; gap: .5rem; padding: .1rem .3rem; font-size: 13px }
        .card li:first-child { font-weight: 600 }
        .card li i { position: absolute; z-index: -1; inset: 1px auto 1px 0; border-radius: 3px; background: var(--bar); opacity: .22 }
        .card .error { margin: 0; padding: .3rem .6rem .6rem; color: var(--bad); font-size: 13px; overflow-wrap: anywhere }
        summary h2 { display: inline-block } #failures { padding-left: 1.2rem } #failures li { overflow-wrap: anywhere } #failures b { font-weight: 500; color: var(--bad) }
        @media (max-width: 40rem) {
          body { padding: 1rem } form { position: static } select { flex: 1 1 8rem } #count { flex: 1 0 100% }
          #bars button:nth-child(n+9) { display: none }
        }
        </style>
        <h1>What is in these images</h1>
        <div class="dim" id="summary"></div>
        <div class="dim" id="model"></div>
        <h2>Most frequent labels</h2>
        <div id="bars"></div>
        <details id="failed" hidden><summary><h2>Failures</h2></summary><ul id="failures"></ul></details>
        <form>
        <input type="search" id="search" placeholder="Search names and labels" aria-label="Search names and labels">
        <select id="label" aria-label="Label"></select>
        <select id="order" aria-label="Order">
        <option value="input">in input order</option><option value="sure">most confident first</option>
        <option value="unsure">least confident first</option><option value="name">by name</option>
        </select>
        <span class="dim" id="count" role="status"></span>
        </form>
        <main id="cards"></main>
        <div id="more"></div>
        <script type="application/json" id="data">
        """# + "\n"

    static let end = #"""
        </script>
        <script>
        "use strict";
        const byId = id => document.getElementById(id);
        const data = JSON.parse(byId("data").textContent);
        byId("data").remove();
        const element = (name, className, text) => {
          const node = document.createElement(name);
          if (className) node.className = className;
          if (text !== undefined) node.textContent = text;
          return node;
        };
        const percent = p => (100 * p).toFixed(1) + "%";
        const top1 = r => r.answers ? r.answers[0][0] : "";
        const sureness = (r, failure) => r.answers ? r.answers[0][2] : failure;
        for (const r of data.results)
          r.text = (r.path + " " + (r.answers ? r.answers.map(a => a[0] + " " + a[1]).join(" ") : r.error)).toLowerCase();

        byId("summary").textContent = data.summary;
        byId("model").textContent = data.model.name + ", " + data.model.precision;

        const counts = new Map();
        for (const r of data.results) if (r.answers) counts.set(top1(r), (counts.get(top1(r)) || 0) + 1);
        const labels = [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
        byId("label").append(new Option("all labels", ""));
        for (const [label] of [...labels].sort((a, b) => a[0].localeCompare(b[0])))
          byId("label").append(new Option(label + " (" + counts.get(label) + ")", label));
        for (const [label, count] of labels.slice(0, 20)) {
          const button = element("button");
          button.type = "button";
          button.dataset.label = label;
          const bar = element("span", "bar");
          bar.style.width = 100 * count / labels[0][1] + "%";
          button.append(element("span", "", label), bar, element("span", "dim", count));
          button.onclick = () => {
            byId("label").value = byId("label").value === label ? "" : label;
            refresh();
          };
          byId("bars").append(button);
        }

        function card(r) {
          const node = element("article", "card");
          if (r.thumbnail) {
            const image = element("img");
            image.alt = top1(r);
            image.src = "data:image/jpeg;base64," + r.thumbnail;
            node.append(image);
          } else node.append(element("div", "none"));
          // A long path gives way at its directories, not at the name.
          const path = element("div", "path dim"), name = r.path.lastIndexOf("/") + 1;
          path.append(element("span", "", r.path.slice(0, name)), element("span", "", r.path.slice(name)));
          path.title = r.path;
          node.append(path);
          if (r.error) {
            node.append(element("p", "error", r.error));
            return node;
          }
          const list = element("ol");
          for (const [label, id, probability] of r.answers) {
            const line = element("li");
            line.title = id;
            const bar = element("i");
            bar.style.width = percent(probability);
            line.append(bar, element("span", "", label), element("span", "", percent(probability)));
            list.append(line);
          }
          node.append(list);
          return node;
        }

        const orders = {
          // Failures come last either way.
          sure: (a, b) => sureness(b, -1) - sureness(a, -1),
          unsure: (a, b) => sureness(a, 2) - sureness(b, 2),
          name: (a, b) => a.path.localeCompare(b.path, undefined, { numeric: true }),
        };
        let shown = [], next = 0;
        function more() {
          const batch = document.createDocumentFragment();
          for (const end = Math.min(next + 60, shown.length); next < end; next++) batch.append(card(shown[next]));
          byId("cards").append(batch);
        }
        function refresh() {
          const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
          const label = byId("label").value, order = byId("order").value;
          shown = data.results.filter(r => (!label || top1(r) === label) && words.every(w => r.text.includes(w)));
          if (orders[order]) shown.sort(orders[order]);
          for (const button of byId("bars").children) button.ariaPressed = String(button.dataset.label === label);
          byId("count").textContent = shown.length + " of " + data.results.length;
          byId("cards").replaceChildren();
          next = 0;
          more();
          // Announces the end of the page anew, should it be in sight already.
          sight.unobserve(byId("more"));
          sight.observe(byId("more"));
        }
        const sight = new IntersectionObserver(entries => {
          if (!entries.at(-1).isIntersecting || next >= shown.length) return;
          more();
          sight.unobserve(byId("more"));
          sight.observe(byId("more"));
        }, { rootMargin: "1000px" });
        byId("search").oninput = byId("label").onchange = byId("order").onchange = refresh;
        document.querySelector("form").onsubmit = event => event.preventDefault();
        refresh();

        const failures = data.results.filter(r => r.error);
        byId("failed").hidden = failures.length === 0;
        document.querySelector("#failed h2").textContent = "Failures (" + failures.length + ")";
        for (const r of failures) {
          const line = element("li");
          line.append(element("b", "", r.path), " ", element("span", "dim", r.error));
          byId("failures").append(line);
        }
        </script>
        </html>
        """# + "\n"
}
