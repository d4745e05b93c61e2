// Makes the frame as high as the mail in it. The frame's sandbox runs no script, so the page around it measures.
for (const frame of document.querySelectorAll("iframe.mailbox-mail")) {
  const fit = () => {
    const inside = frame.contentDocument;
    if (inside && inside.documentElement) frame.height = String(Math.ceil(inside.documentElement.scrollHeight) + 2);
  };
  frame.addEventListener("load", fit);
  addEventListener("resize", fit);
  fit();
}
