// Suggestions under a search box, as the ARIA Authoring Practices have a combobox: the focus stays in the box, arrows move through
// the list, Enter opens what is chosen or searches, Escape closes. Without this the box is a form like any other.
const WAIT = 180 // ms without a key before we ask
const SHORTEST = 3

export function enableCombo() {
  for (const place of document.querySelectorAll('[data-fp-combo]')) new Combo(place)
}

class Combo {
  constructor(place) {
    this.address = place.dataset.fpCombo
    this.form = place.querySelector('form')
    this.box = place.querySelector('input[type=text], input:not([type])')
    this.purpose = place.querySelector('select')
    if (!this.form || !this.box) return
    this.list = make('ul', { id: `${this.box.id}-list`, role: 'listbox', class: 'fp-combo__list', hidden: '' })
    this.list.setAttribute('aria-label', this.form.querySelector(`label[for="${this.box.id}"]`)?.textContent.trim() ?? '')
    this.status = make('div', { role: 'status', class: 'govuk-visually-hidden' })
    this.box.after(this.list, this.status)
    for (const [name, value] of Object.entries({
      role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': this.list.id
    })) this.box.setAttribute(name, value)
    this.active = -1
    this.box.addEventListener('input', () => this.later())
    this.box.addEventListener('keydown', (event) => this.pressed(event))
    this.box.addEventListener('blur', () => this.close())
    this.list.addEventListener('mousedown', (event) => event.preventDefault()) // the focus stays in the box
    this.list.addEventListener('click', (event) => this.open(event.target.closest('[role=option]')))
  }

  get options() {
    return [...this.list.children]
  }

  later() {
    clearTimeout(this.timer)
    this.asking?.abort()
    if (this.box.value.trim().length < SHORTEST) {
      this.close()
      this.status.textContent = ''
      return
    }
    this.timer = setTimeout(() => this.ask(), WAIT)
  }

  async ask() {
    this.asking = new AbortController()
    const asked = this.box.value
    try {
      const answer = await fetch(this.address, {
        method: 'POST', body: new FormData(this.form), signal: this.asking.signal, headers: { Accept: 'application/json' }
      })
      if (!answer.ok) return this.close()
      const { options, said } = await answer.json()
      if (this.box.value === asked && document.activeElement === this.box) this.show(options, said)
    } catch (problem) {
      if (problem.name !== 'AbortError') this.close()
    }
  }

  show(options, said) {
    this.list.replaceChildren(...options.map((option, number) => this.line(option, number)))
    this.active = -1
    this.box.removeAttribute('aria-activedescendant')
    this.expand(options.length > 0)
    this.status.textContent = said
  }

  line(option, number) {
    const line = make('li', { id: `${this.list.id}-${number}`, role: 'option', 'aria-selected': 'false', class: 'fp-combo__one' })
    line.dataset.href = option.href
    for (const part of ['name', 'detail', 'why']) {
      const text = make('span', { class: `fp-combo__${part}` })
      text.textContent = option[part]
      line.append(text, ' ')
    }
    return line
  }

  pressed(event) {
    const isOpen = !this.list.hidden
    const last = this.list.children.length - 1
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return
    if (event.key === 'Escape' && isOpen) this.close()
    else if (event.key === 'ArrowDown' && last >= 0) this.move(isOpen && this.active < last ? this.active + 1 : 0)
    else if (event.key === 'ArrowUp' && last >= 0) this.move(isOpen && this.active > 0 ? this.active - 1 : last)
    else if (event.key === 'Enter' && isOpen && this.active >= 0) this.open(this.options[this.active])
    else return
    event.preventDefault()
  }

  move(to) {
    this.expand(true)
    this.active = to
    this.options.forEach((line, number) => line.setAttribute('aria-selected', String(number === to)))
    const line = this.options[to]
    this.box.setAttribute('aria-activedescendant', line.id)
    line.scrollIntoView({ block: 'nearest' })
  }

  open(line) {
    if (!line) return
    const purpose = this.purpose?.value
    window.location.assign(purpose ? `${line.dataset.href}?purpose=${encodeURIComponent(purpose)}` : line.dataset.href)
  }

  expand(isOpen) {
    this.list.hidden = !isOpen
    this.box.setAttribute('aria-expanded', String(isOpen))
  }

  close() {
    clearTimeout(this.timer)
    this.asking?.abort()
    this.expand(false)
    this.active = -1
    this.box.removeAttribute('aria-activedescendant')
  }
}

function make(name, attributes) {
  const element = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  return element
}
