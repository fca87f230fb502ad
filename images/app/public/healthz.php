<?php

header('Content-Type: text/plain; charset=utf-8');
header('Cache-Control: no-store');
echo 'ok';
