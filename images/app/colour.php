<?php return 'steelblue';
