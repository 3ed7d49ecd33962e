module my-server-adapter

go 1.22
