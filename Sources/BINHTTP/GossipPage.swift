/// The page that a node shows: one file, so that it works wherever the node does.
enum GossipPage {
    static let html = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>BIN gossip</title>
        <style>
        :root { color-scheme: light dark; --line: #8884; }
        body { font: 15px/1.4 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 0 .8rem 2rem; }
        h1 { font-size: 1.2rem; margin: .8rem 0 .2rem; } h2 { font-size: 1rem; margin: 1.2rem 0 .3rem; }
        table { border-collapse: collapse; width: 100%; } th { text-align: left; font-weight: 600; }
        td, th { padding: .25rem .5rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top;
          overflow-wrap: anywhere; }
        .alive { color: #1a7f37; } .suspected { color: #b26a00; } .down, .left { color: #c62828; }
        #stale { color: #c62828; } .dim { opacity: .65; }
        pre { font: 12px/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; margin: 0; }
        @media (max-width: 32rem) { .wide { display: none; } body { font-size: 14px; } }
        </style>
        </head>
        <body>
        <h1 id="title">BIN gossip</h1>
        <div id="summary" class="dim">loading</div><div id="stale"></div>
        <h2>Members and links</h2>
        <table><thead><tr><th>Node</th><th>Status</th><th>URL</th><th class="wide">Site</th><th>&phi;</th>
        <th class="wide">Version</th></tr></thead><tbody id="members"></tbody></table>
        <h2>Owners</h2>
        <table><thead><tr><th>Flag</th><th>Owner</th><th class="wide">Policy</th><th>Fencing number</th></tr></thead>
        <tbody id="owners"></tbody></table>
        <h2>State</h2>
        <table><thead><tr><th>Node</th><th>Key</th><th>Value</th></tr></thead><tbody id="state"></tbody></table>
        <h2>Events</h2><pre id="events"></pre>
        <h2>Packets</h2><pre id="packets"></pre>
        <script>
        const id = name => document.getElementById(name);
        const text = value => value === null || value === undefined ? "" : typeof value === "object" ? "0x" + value.hex : String(value);
        function rows(body, list) {
          id(body).replaceChildren(...list.map(cells => {
            const row = document.createElement("tr");
            for (const cell of cells) {
              const data = document.createElement("td");
              const [value, style] = Array.isArray(cell) ? cell : [cell, ""];
              data.textContent = text(value); data.className = style; row.append(data);
            }
            return row;
          }));
        }
        async function get(path) { return (await fetch(path)).json(); }
        async function load() {
          try {
            const [members, owners, state] = await Promise.all([get("members"), get("owners"), get("state")]);
            const there = members.members.filter(m => m.status === "alive").length;
            id("title").textContent = "Node " + members.node + " of cluster " + members.cluster;
            document.title = id("title").textContent;
            id("summary").textContent = there + " of " + members.members.length + " members alive" +
              (members.joined ? "" : ", not joined yet");
            rows("members", members.members.map(m => [
              m.node + (m.self ? " (here)" : ""), [m.status + (m.observed ? ", observed" : ""), m.status], m.url,
              [m.site, "wide"], m.phi, [m.version, "wide"]]));
            rows("owners", owners.flags.map(f => [f.flag, f.owner === null ? "nobody" : f.owner, [f.policy, "wide"], f.fence]));
            const own = ["url", "site", "rack"];
            rows("state", state.state.filter(s => !own.includes(s.key) && !String(s.key).startsWith("own/"))
              .map(s => [s.node, s.key, s.value]));
            id("stale").textContent = "";
          } catch (error) { id("stale").textContent = "the node does not answer"; }
        }
        function line(body, value, limit) {
          const lines = (value + "\\n" + id(body).textContent).split("\\n"); id(body).textContent = lines.slice(0, limit).join("\\n");
        }
        let due = null;
        function soon() { if (due === null) due = setTimeout(() => { due = null; load(); }, 300); }
        const clock = time => new Date((time || Date.now() / 1000) * 1000).toTimeString().slice(0, 8);
        const source = new EventSource("events?packets=1");
        source.onopen = load;
        source.onerror = () => { id("stale").textContent = "the node does not answer"; };
        source.onmessage = message => {
          const event = JSON.parse(message.data);
          if (event.event === "packet") {
            line("packets", clock(event.time) + (event.sent ? " to " : " from ") + event.peer.replace("bin:", "") + " " +
              event.message + " " + event.bytes + " B" + (event.stream ? " stream" : ""), 30);
            return;
          }
          if (event.event === "state" && String(event.key).startsWith("own/")) {
            line("events", clock() + " node " + event.node + (event.value === null ? " gave up " : " owns ") + event.key.slice(4), 30);
            soon();
            return;
          }
          const rest = Object.entries(event).filter(([name]) => name !== "time" && name !== "event")
            .map(([name, value]) => name + " " + text(value)).join(", ");
          line("events", clock(event.time) + " " + event.event.replace("_", " ") + (rest ? ": " + rest : ""), 30);
          soon();
        };
        load(); setInterval(load, 5000);
        </script>
        </body>
        </html>

        """
}
