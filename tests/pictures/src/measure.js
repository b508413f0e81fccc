// Measures every picture of the page: the boxes of texts and nodes, the points of edges. It reads what the browser drew,
// not what the picture says.
(() => {
    "use strict";
    const STEP = 2;
    const SLACK = 0.75;
    const findings = [];
    let texts = 0;
    let edges = 0;

    const shrunk = (box) => ({
        left: box.x + SLACK,
        top: box.y + SLACK,
        right: box.x + box.width - SLACK,
        bottom: box.y + box.height - SLACK,
    });
    const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
    const has = (box, point) =>
        box.left < point.x && point.x < box.right && box.top < point.y && point.y < box.bottom;

    function measure(name, svg) {
        const find = (what) => findings.push(`${name}\t${what}`);
        const view = svg.viewBox.baseVal;
        const isOutside = (box) =>
            box.x < view.x - SLACK ||
            box.y < view.y - SLACK ||
            box.x + box.width > view.x + view.width + SLACK ||
            box.y + box.height > view.y + view.height + SLACK;
        const words = [...svg.querySelectorAll("text")].map((element) => ({
            element,
            said: element.textContent,
            box: element.getBBox(),
            inner: shrunk(element.getBBox()),
        }));
        const nodes = [...svg.querySelectorAll(".node")].map((element) => ({
            element,
            number: element.dataset.node,
            box: element.getBBox(),
            inner: shrunk(element.getBBox()),
        }));
        const number = new Map(nodes.map((node) => [node.number, node]));
        texts += words.length;
        words.forEach((text, index) => {
            if (!(text.box.width > 0 && text.box.height > 0) && text.said.trim() !== "") {
                find(`"${text.said}" has no extents`);
            }
            const wanted = Number(text.element.getAttribute("textLength"));
            const wide = text.element.getComputedTextLength();
            if (Math.abs(wide - wanted) > 0.1) {
                find(`"${text.said}" is ${wide} wide, not ${wanted}`);
            }
            for (const other of words.slice(index + 1)) {
                if (overlap(text.inner, other.inner)) {
                    find(`"${text.said}" and "${other.said}" overlap`);
                }
            }
            const own = number.get(text.element.dataset.node);
            if (own && !(own.box.x <= text.inner.left && own.box.y <= text.inner.top
                && own.box.x + own.box.width >= text.inner.right && own.box.y + own.box.height >= text.inner.bottom)) {
                find(`"${text.said}" is larger than its node`);
            }
            for (const node of nodes) {
                if (node !== own && overlap(text.inner, node.inner)) {
                    find(`"${text.said}" lies on node ${node.number}`);
                }
            }
            if (isOutside(text.box)) {
                find(`"${text.said}" lies outside`);
            }
        });
        nodes.forEach((node, index) => {
            for (const other of nodes.slice(index + 1)) {
                if (overlap(node.inner, other.inner)) {
                    find(`nodes ${node.number} and ${other.number} overlap`);
                }
            }
            if (isOutside(node.box)) {
                find(`node ${node.number} lies outside`);
            }
        });
        for (const path of svg.querySelectorAll("path.edge")) {
            edges += 1;
            const { from, to, edge } = path.dataset;
            const called = `the edge from ${from} to ${to}`;
            if (isOutside(path.getBBox())) {
                find(`${called} lies outside`);
            }
            const area = path.getBBox();
            const near = shrunk({ x: area.x - 2, y: area.y - 2, width: area.width + 4, height: area.height + 4 });
            const crossed = words.filter((text) => text.element.dataset.edge !== edge && overlap(text.inner, near));
            const others = nodes.filter((node) => node.number !== from && node.number !== to && overlap(node.inner, near));
            if (crossed.length + others.length === 0) {
                continue;
            }
            const found = new Set();
            const length = path.getTotalLength();
            for (let at = 0; at <= length; at += STEP) {
                const point = path.getPointAtLength(at);
                crossed.filter((text) => has(text.inner, point)).forEach((text) => found.add(`"${text.said}"`));
                others.filter((node) => node.element.isPointInFill(point)).forEach((node) => found.add(`node ${node.number}`));
            }
            found.forEach((what) => find(`${called} runs through ${what}`));
        }
    }

    const pictures = [...document.querySelectorAll("svg")];
    pictures.forEach((svg) => measure(svg.parentElement.dataset.name, svg));
    const lines = [`measured\t${pictures.length}\t${texts}\t${edges}`, ...findings.map((it) => `finding\t${it}`), "end"];
    const report = document.createElement("pre");
    report.textContent = lines.join("\n");
    document.body.replaceChildren(report);
})();
