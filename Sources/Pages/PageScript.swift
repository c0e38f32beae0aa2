/// The script of a page in a browser: typing filters rows and a click sorts them. All content is visible without it
/// too.
///
/// It contains neither `<` nor `&`, so that it is the same in HTML and in XML.
enum PageScript {
  /// The hash of `javaScript` for the content security policy: the browser runs this script and no other.
  static let digest = "sha256-Bp5UUDfwGEiw5hm8+67prPIJt98OZsglgrn8yOysqdM="

  static let javaScript: StaticString = """

    for (const listing of document.querySelectorAll('.listing')) {
      const body = listing.querySelector('tbody');
      const rows = Array.from(body.rows);
      const search = listing.querySelector('.search');
      if (search) {
        const input = search.querySelector('input');
        const output = search.querySelector('output');
        const texts = rows.map(row => Array.from(row.cells, cell => cell.textContent).join('\\n').toLowerCase());
        search.hidden = false;
        input.addEventListener('input', () => {
          const words = input.value.toLowerCase().split(' ').filter(word => word);
          let shown = 0;
          rows.forEach((row, place) => {
            row.hidden = !words.every(word => texts[place].includes(word));
            if (!row.hidden) shown += 1;
          });
          const all = rows.length.toLocaleString('en') + ' rows';
          output.textContent = words.length ? shown.toLocaleString('en') + ' of ' + all : all;
        });
      }
      const heads = Array.from(listing.querySelectorAll('thead th'));
      heads.forEach((head, column) => {
        const button = document.createElement('button');
        button.type = 'button';
        button.append(...head.childNodes);
        head.append(button);
        button.addEventListener('click', () => {
          const down = head.getAttribute('aria-sort') === 'ascending';
          for (const other of heads) other.removeAttribute('aria-sort');
          head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
          const numeric = head.classList.contains('n');
          const keys = new Map(rows.map((row, place) => {
            const cell = row.cells[column];
            const value = numeric ? Number(cell.dataset.v || '-1e18') : cell.textContent;
            return [row, { value, place }];
          }));
          const order = numeric ? (a, b) => a - b : (a, b) => a.localeCompare(b, 'en', { numeric: true });
          const sorted = rows.slice().sort((a, b) => {
            const [one, two] = [keys.get(a), keys.get(b)];
            const sign = order(one.value, two.value) || one.place - two.place;
            return down ? -sign : sign;
          });
          body.append(...sorted);
        });
      });
    }

    """
}
