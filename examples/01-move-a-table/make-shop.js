/** Makes the database of an imaginary shop, with a table as an application would have it: `node make-shop.js shop.db`. */
import Database from 'better-sqlite3';

const [path] = process.argv.slice(2);
if (!path) throw new Error('name the file to make');

const db = new Database(path);
db.exec(`create table orders (
  customer text not null,
  id integer not null,
  item text,
  price real,
  placedAt text not null,
  primary key (customer, id)
)`);
const insert = db.prepare('insert into orders values (?, ?, ?, ?, ?)');
db.transaction(() => {
  for (let id = 1; id <= 50_000; id += 1) {
    const day = new Date(Date.UTC(2012, 0, 1) + id * 600_000).toISOString();
    insert.run(`customer-${id % 321}`, id, id % 7 === 0 ? null : `item ${id % 99}`, (id % 500) / 4, day);
  }
})();
db.close();
