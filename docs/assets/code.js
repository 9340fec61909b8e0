// The theme puts each code block's buttons into a <nav>. A page of ten blocks then has ten landmarks of one
// name, which screen readers list: they are no landmarks.
const calm = () => {
  for (const one of document.querySelectorAll("nav.md-code__nav:not([role])")) one.setAttribute("role", "none")
}
new MutationObserver(calm).observe(document.body, { childList: true, subtree: true })
calm()
