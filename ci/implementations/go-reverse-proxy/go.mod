module proxy

go 1.26
