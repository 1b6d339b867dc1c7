"use strict";

// The code stands behind the # of the link, where no server and no log sees it: it is sent as the form would send it.
// A second link that is opened in the same tab only changes what stands there.
function openNotice() {
  const code = location.hash.slice(1);
  if (!code) return;
  history.replaceState(null, "", location.pathname);
  const form = document.createElement("form");
  const field = document.createElement("input");
  Object.assign(form, { method: "post", action: "/answer", hidden: true });
  Object.assign(field, { type: "hidden", name: "code", value: code });
  form.append(field);
  document.body.append(form);
  form.submit();
}
addEventListener("hashchange", openNotice);
openNotice();

// What an answer led to is read out, and is where the keyboard goes on from.
const message = document.getElementById("message");
if (message) message.focus();

const form = document.getElementById("answer-form");
if (form) {
  const boxes = [...form.querySelectorAll('input[name="item"]')];
  const tick = (to) => boxes.forEach((box) => { box.checked = to; });
  document.getElementById("tools").hidden = false;
  document.getElementById("tick-all").addEventListener("click", () => tick(true));
  document.getElementById("tick-none").addEventListener("click", () => tick(false));
  const copy = document.getElementById("copy");
  copy.addEventListener("click", async () => {
    const urls = boxes.filter((box) => box.checked).map((box) => box.labels[0].querySelector(".url").textContent);
    await navigator.clipboard.writeText(urls.join("\n"));
    document.getElementById("copied").textContent = copy.dataset.copied;
  });
  if (!navigator.clipboard) copy.hidden = true; // only over TLS or on this machine
}
