<?php

// Replace this function with your client. It may block: each session has a process for it. The adapter follows it, see
// https://github.com/ssespec/ssespec/blob/main/docs/reference/adapter-protocol.md
function read(string $url, array $headers, callable $onEvent): void
{
    $headers += ['Accept' => 'text/event-stream'];
    $fields = array_map(fn ($name, $value) => "$name: $value", array_keys($headers), $headers);
    $options = ['header' => $fields, 'protocol_version' => 1.1, 'ignore_errors' => true, 'timeout' => 1e6];
    $stream = fopen($url, 'r', false, stream_context_create(['http' => $options]));
    $heads = implode("\n", stream_get_meta_data($stream)['wrapper_data']);
    $head = substr($heads, strrpos($heads, 'HTTP/1.')); // the last one, after redirects
    if (!preg_match('~^HTTP/1.. 200\b.*^content-type: *text/event-stream\s*(;|$)~ims', $head)) {
        throw new Exception("not an event stream: $head");
    }
    [$type, $data, $id, $line, $bom, $afterCr] = ['', [], '', '', "\u{feff}", false];
    $unread = fn () => stream_get_meta_data($stream)['unread_bytes'];
    while (($part = fread($stream, max(1, $unread()))) !== '') { // a longer read would wait until it is full
        $lines = preg_split('/\r\n|\r|\n/', $afterCr ? preg_replace('/^\n/', '', $part) : $part);
        $afterCr = str_ends_with($part, "\r"); // an LF that follows belongs to it
        $line .= array_shift($lines);
        foreach ($lines as $next) {
            $line = substr($line, str_starts_with($line, $bom) ? strlen($bom) : 0);
            [$field, $value] = preg_split('/: ?/', $line, 2) + [1 => ''];
            if ($field === 'event') $type = $value;
            if ($field === 'data') $data[] = $value;
            if ($field === 'id' && !str_contains($value, "\0")) $id = $value;
            if ($line === '') {
                if ($data) $onEvent(['type' => $type === '' ? 'message' : $type, 'data' => implode("\n", $data), 'id' => $id]);
                [$type, $data, $id] = ['', [], ''];
            }
            [$line, $bom] = [$next, ''];
        }
    }
}

function say(array $message): void
{
    fwrite(STDOUT, json_encode($message, JSON_INVALID_UTF8_SUBSTITUTE | JSON_THROW_ON_ERROR) . "\n");
}

ini_set('memory_limit', '1G');
set_error_handler(fn ($level, $message) => throw new Exception($message)); // warnings would go to stdout
if (isset($argv[1])) { // the process of one session: its stdout goes through the loop below
    ['session' => $session, 'connect' => $connect] = json_decode($argv[1], true);
    try {
        read($connect['url'], $connect['headers'], function (array $event) use ($session, $connect) {
            say(['session' => $session, 'event' => $event]);
            if (($connect['closeIn'] ?? '') === 'event') exit;
        });
    } catch (Exception $problem) {
        say(['session' => $session, 'error' => ['message' => $problem->getMessage()]]);
    }
    exit;
}

// It does not claim `errors`: to PHP, a stream that breaks off looks like one that ends.
say(['hello' => ['protocol' => 1, 'role' => 'client', 'name' => 'my-client', 'version' => '1.0', 'language' => 'PHP',
    'sessions' => 64, 'capabilities' => ['requests', 'close', 'event-type', 'event-id', 'own-id', 'headers']]]);
$processes = $outputs = []; // by session
do {
    [$ready, $none] = [$outputs + ['orders' => STDIN], null];
    stream_select($ready, $none, $none, null);
    $line = isset($ready['orders']) ? fgets(STDIN) : '[]';
    $order = json_decode((string) $line, true);
    $ended = isset($order['close'], $processes[$order['session']]) ? [$order['session']] : [];
    foreach (array_intersect_key($outputs, $ready) as $session => $output) {
        $said = fgets($output);
        if ($said !== false) fwrite(STDOUT, $said);
        elseif (!in_array($session, $ended)) $ended[] = $session;
    }
    foreach ($line === false ? array_keys($processes) : $ended as $session) {
        proc_terminate($processes[$session], 9); // closes the connection, whatever it waits for
        unset($processes[$session], $outputs[$session]);
        say(['session' => $session, 'closed' => (object) []]); // here alone, so exactly once
    }
    if (isset($order['connect'])) {
        $processes[$order['session']] = proc_open([PHP_BINARY, __FILE__, $line], [1 => ['pipe', 'w']], $pipes);
        $outputs[$order['session']] = $pipes[1];
    }
} while ($line !== false);
